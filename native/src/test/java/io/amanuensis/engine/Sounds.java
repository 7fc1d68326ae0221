package io.amanuensis.engine;

import java.util.Random;

/** Sound for tests that need some, whatever it is. */
final class Sounds {
    private Sounds() {}

    /** Noise that a seed repeats exactly. */
    static short[] noise(long seed, int samples) {
        Random random = new Random(seed);
        short[] sound = new short[samples];
        for (int i = 0; i < samples; i++) {
            sound[i] = (short) (random.nextGaussian() * 3000);
        }
        return sound;
    }

    /** The log-mel of all of a sound, which must be no longer than the model's window. */
    static float[] melOf(Session session, short[] sound) {
        float[] mel = new float[session.model().melLength()];
        session.logMel(sound, 0, sound.length, mel);
        return mel;
    }
}
