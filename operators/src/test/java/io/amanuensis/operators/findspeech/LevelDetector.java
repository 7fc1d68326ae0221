package io.amanuensis.operators.findspeech;

import io.amanuensis.operators.element.PcmChunk;

/** Takes whatever is loud for speech: without the noise floor of the real one, which would get used to a test's steady talk. */
final class LevelDetector implements SpeechDetector {
    private static final long serialVersionUID = 1;

    private final float certainty;

    LevelDetector() {
        this(CERTAIN);
    }

    /** @param certainty of what is loud */
    LevelDetector(float certainty) {
        this.certainty = certainty;
    }

    @Override
    public int frameSamples() {
        return 20 * PcmChunk.SAMPLES_PER_MS;
    }

    @Override
    public int memoryVersion() {
        return 0;
    }

    @Override
    public float[] newMemory() {
        return new float[0];
    }

    @Override
    public float[] certainties(short[] samples, int count, float[] memory) {
        float[] certainties = new float[-Math.floorDiv(-count, frameSamples())];
        for (int i = 0; i < certainties.length; i++) {
            int from = i * frameSamples();
            double level = EnergyDetector.levelDbfs(samples, from, Math.min(count, from + frameSamples()));
            certainties[i] = level > -60 ? certainty : NOBODY;
        }
        return certainties;
    }
}
