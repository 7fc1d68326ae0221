package io.amanuensis.operators.findspeech;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * A gated recurrent unit and a logistic output: of each frame's bands and what it remembers, the probability that somebody
 * speaks. {@code operators/vad} trains it and writes the weights. Additions are in a fixed order. For one thread.
 */
final class SpeechNetwork {
    private static final String WEIGHTS = "speech-detector-1.bin";
    private static final int GATES = 3;

    private final int bands;
    private final int hidden;
    /** [input][3 x hidden]: gates reset, update and new; the same order in all of them. */
    private final float[] inputWeights;
    /** [hidden][3 x hidden]. */
    private final float[] hiddenWeights;

    private final float[] inputBias;
    private final float[] hiddenBias;
    /** [hidden]. */
    private final float[] outputWeights;

    private final float outputBias;

    private final float[] fromInput;
    private final float[] fromHidden;

    private SpeechNetwork(FloatBuffer weights) {
        bands = (int) weights.get();
        hidden = (int) weights.get();
        inputWeights = read(weights, bands * GATES * hidden);
        hiddenWeights = read(weights, hidden * GATES * hidden);
        inputBias = read(weights, GATES * hidden);
        hiddenBias = read(weights, GATES * hidden);
        outputWeights = read(weights, hidden);
        outputBias = weights.get();
        if (weights.hasRemaining()) {
            throw new IllegalStateException(WEIGHTS + ": " + weights.remaining() + " numbers too many for " + bands
                    + " bands and " + hidden + " units");
        }
        fromInput = new float[GATES * hidden];
        fromHidden = new float[GATES * hidden];
    }

    private static float[] read(FloatBuffer weights, int count) {
        float[] values = new float[count];
        weights.get(values);
        return values;
    }

    /** The network that comes with this class. */
    static SpeechNetwork load() {
        try (InputStream in = SpeechNetwork.class.getResourceAsStream(WEIGHTS)) {
            return new SpeechNetwork(ByteBuffer.wrap(in.readAllBytes())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer());
        } catch (IOException e) {
            throw new UncheckedIOException(WEIGHTS, e);
        }
    }

    int bands() {
        return bands;
    }

    /** Length of the memory; all zeros at the beginning. */
    int hidden() {
        return hidden;
    }

    /**
     * One frame.
     *
     * @param input [bands]
     * @param memory [hidden]; updated
     * @return 0 to 1
     */
    float speechProbability(float[] input, float[] memory) {
        multiply(inputWeights, input, bands, inputBias, fromInput);
        multiply(hiddenWeights, memory, hidden, hiddenBias, fromHidden);
        float sum = outputBias;
        for (int i = 0; i < hidden; i++) {
            float reset = StrictFloat.logistic(fromInput[i] + fromHidden[i]);
            float update = StrictFloat.logistic(fromInput[hidden + i] + fromHidden[hidden + i]);
            float fresh = StrictFloat.tanh(fromInput[2 * hidden + i] + reset * fromHidden[2 * hidden + i]);
            memory[i] = fresh + update * (memory[i] - fresh);
            sum += outputWeights[i] * memory[i];
        }
        return StrictFloat.logistic(sum);
    }

    /**
     * out = bias + values x weights. Rows are added one after the other, four of them for each reading of the sums; the compiler
     * turns it into vector instructions.
     */
    private static void multiply(float[] weights, float[] values, int count, float[] bias, float[] out) {
        int columns = out.length;
        System.arraycopy(bias, 0, out, 0, columns);
        int row = 0;
        for (; row + 4 <= count; row += 4) {
            int first = row * columns;
            int second = first + columns;
            int third = second + columns;
            int fourth = third + columns;
            float a = values[row];
            float b = values[row + 1];
            float c = values[row + 2];
            float d = values[row + 3];
            for (int i = 0; i < columns; i++) {
                float sum = out[i] + a * weights[first + i];
                sum += b * weights[second + i];
                sum += c * weights[third + i];
                out[i] = sum + d * weights[fourth + i];
            }
        }
        for (; row < count; row++) {
            int from = row * columns;
            for (int i = 0; i < columns; i++) {
                out[i] += values[row] * weights[from + i];
            }
        }
    }
}
