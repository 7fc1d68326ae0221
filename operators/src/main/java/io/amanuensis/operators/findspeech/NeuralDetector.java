package io.amanuensis.operators.findspeech;

/**
 * Hears speech where a small recurrent network does: it has learned voices of synthesizers on clean and noisy telephone lines,
 * and what else such lines carry. The memory of a channel is that of the network.
 */
public final class NeuralDetector implements SpeechDetector {
    private static final long serialVersionUID = 1;

    private final NeuralSettings settings;
    private transient Hearing hearing;

    /** What is not sent to the task managers but made there. */
    private static final class Hearing {
        private final SpeechNetwork network = SpeechNetwork.load();
        private final BandEnergies energies = new BandEnergies(network.bands());
        private final float[] bands = new float[network.bands()];
    }

    public NeuralDetector(NeuralSettings settings) {
        this.settings = settings;
    }

    @Override
    public int frameSamples() {
        return BandEnergies.FRAME_SAMPLES;
    }

    @Override
    public int memoryVersion() {
        return 1;
    }

    @Override
    public float[] newMemory() {
        return new float[hearing().network.hidden()];
    }

    @Override
    public boolean hearsSpeech(short[] samples, int count, float[] memory, boolean speaking) {
        float probability = speechProbability(samples, count, memory);
        return probability >= (speaking ? settings.exitThreshold() : settings.threshold());
    }

    /** Of one frame, 0 to 1. */
    float speechProbability(short[] samples, int count, float[] memory) {
        Hearing hearing = hearing();
        hearing.energies.of(samples, count, hearing.bands);
        return hearing.network.speechProbability(hearing.bands, memory);
    }

    private Hearing hearing() {
        if (hearing == null) {
            hearing = new Hearing();
        }
        return hearing;
    }
}
