package io.amanuensis.operators.findspeech;

import io.amanuensis.engine.SpeechNetwork;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Hears speech where a small recurrent network does: it has learned voices of synthesizers on clean and noisy telephone lines,
 * and what else such lines carry ({@code operators/vad}). The memory of a channel is that of the network.
 */
public final class NeuralDetector implements SpeechDetector {
    private static final long serialVersionUID = 2;

    private static final String WEIGHTS = "speech-detector-2.bin";

    private final NeuralSettings settings;
    private transient SpeechNetwork network;

    public NeuralDetector(NeuralSettings settings) {
        this.settings = settings;
    }

    @Override
    public int frameSamples() {
        return SpeechNetwork.FRAME_SAMPLES;
    }

    @Override
    public int memoryVersion() {
        return 2;
    }

    @Override
    public float[] newMemory() {
        return new float[network().memoryLength()];
    }

    @Override
    public float[] certainties(short[] samples, int count, float[] memory) {
        float[] values = speechProbabilities(samples, count, memory);
        for (int i = 0; i < values.length; i++) {
            if (values[i] >= settings.threshold()) {
                values[i] = CERTAIN;
            } else {
                values[i] = values[i] >= settings.exitThreshold() ? GOES_ON : NOBODY;
            }
        }
        return values;
    }

    /** Of each frame, 0 to 1. */
    float[] speechProbabilities(short[] samples, int count, float[] memory) {
        return network().listen(samples, count, memory);
    }

    @Override
    public void close() {
        if (network != null) {
            network.close();
            network = null;
        }
    }

    private SpeechNetwork network() {
        if (network == null) {
            network = SpeechNetwork.open(weights());
        }
        return network;
    }

    private static float[] weights() {
        try (InputStream in = NeuralDetector.class.getResourceAsStream(WEIGHTS)) {
            FloatBuffer numbers = ByteBuffer.wrap(in.readAllBytes())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            float[] weights = new float[numbers.remaining()];
            numbers.get(weights);
            return weights;
        } catch (IOException e) {
            throw new UncheckedIOException(WEIGHTS, e);
        }
    }
}
