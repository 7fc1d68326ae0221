package io.amanuensis.operators.findspeech;

import io.amanuensis.operators.element.PcmChunk;

/**
 * Hears speech where the level of a 20 ms frame stands out from the channel's noise floor and from the bottom of the scale.
 * The floor is the lowest level, smoothed over some frames, of the current and the previous memory interval: it follows
 * falling noise at once and rising noise when the quieter past is forgotten. Until then, and at the beginning of a channel,
 * the floor is taken too low, so that noise passes for speech rather than speech for noise: the model can still refuse the one,
 * nobody can bring back the other.
 */
public final class EnergyDetector implements SpeechDetector {
    private static final long serialVersionUID = 1;

    /** Level of digital silence. */
    static final double SILENCE_DBFS = -100;

    private static final int FRAME_MS = 20;
    /** Weight of the newest frame in the smoothed level; forgets in 60 ms. */
    private static final float SMOOTHING = 0.3f;

    /** Places in the memory. */
    private static final int LEVEL = 0;

    private static final int LOWEST = 1;
    private static final int LOWEST_BEFORE = 2;
    private static final int FRAMES = 3;

    private final EnergySettings settings;

    public EnergyDetector(EnergySettings settings) {
        this.settings = settings;
    }

    @Override
    public int frameSamples() {
        return FRAME_MS * PcmChunk.SAMPLES_PER_MS;
    }

    @Override
    public int memoryVersion() {
        return 0;
    }

    @Override
    public float[] newMemory() {
        float[] memory = new float[4];
        memory[LOWEST_BEFORE] = (float) SILENCE_DBFS;
        return memory;
    }

    @Override
    public float[] certainties(short[] samples, int count, float[] memory) {
        int frameSamples = frameSamples();
        float[] certainties = new float[-Math.floorDiv(-count, frameSamples)];
        for (int i = 0; i < certainties.length; i++) {
            int from = i * frameSamples;
            certainties[i] = certainty((float) levelDbfs(samples, from, Math.min(count, from + frameSamples)), memory);
        }
        return certainties;
    }

    private float certainty(float level, float[] memory) {
        double noise = noiseFloor(level, memory);
        if (level >= Math.max(noise + settings.onsetAboveNoiseDb(), settings.onsetLevelDbfs())) {
            return CERTAIN;
        }
        return level >= Math.max(noise + settings.offsetAboveNoiseDb(), settings.offsetLevelDbfs()) ? GOES_ON : NOBODY;
    }

    private double noiseFloor(float level, float[] memory) {
        memory[LEVEL] += SMOOTHING * (level - memory[LEVEL]);
        memory[LOWEST] = Math.min(memory[LOWEST], memory[LEVEL]);
        double floor = Math.min(memory[LOWEST], memory[LOWEST_BEFORE]);
        if (++memory[FRAMES] >= settings.noiseMemoryMs() / FRAME_MS) {
            memory[LOWEST_BEFORE] = memory[LOWEST];
            memory[LOWEST] = 0;
            memory[FRAMES] = 0;
        }
        return floor;
    }

    /** RMS about the mean, so that a line with a constant offset is silent. At least {@link #SILENCE_DBFS}. */
    static double levelDbfs(short[] samples, int from, int to) {
        long sum = 0;
        long squares = 0;
        for (int i = from; i < to; i++) {
            sum += samples[i];
            squares += samples[i] * samples[i];
        }
        double count = to - from;
        double variance = Math.max(0, squares / count - (sum / count) * (sum / count));
        return Math.max(SILENCE_DBFS, 10 * Math.log10(variance / (32_768.0 * 32_768.0)));
    }
}
