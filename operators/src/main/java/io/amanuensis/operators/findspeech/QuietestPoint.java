package io.amanuensis.operators.findspeech;

/** Where speech that does not pause is cut with the least harm. */
final class QuietestPoint {
    /** 10 ms at 16 kHz. */
    private static final int STEP = 160;
    /** 60 ms: longer than a plosive's closure within a word is usually silent, so the gap between words wins. */
    private static final int STEPS_PER_STRETCH = 6;

    private QuietestPoint() {}

    /** The middle of the 60 ms of least energy, the latest if there are several; the end if the sound is shorter than that. */
    static int in(short[] samples) {
        int steps = samples.length / STEP;
        long[] energies = new long[steps];
        for (int i = 0; i < steps * STEP; i++) {
            energies[i / STEP] += samples[i] * samples[i];
        }
        int best = samples.length;
        long least = Long.MAX_VALUE;
        for (int first = 0; first + STEPS_PER_STRETCH <= steps; first++) {
            long energy = 0;
            for (int i = first; i < first + STEPS_PER_STRETCH; i++) {
                energy += energies[i];
            }
            if (energy <= least) {
                least = energy;
                best = (first + STEPS_PER_STRETCH / 2) * STEP;
            }
        }
        return best;
    }
}
