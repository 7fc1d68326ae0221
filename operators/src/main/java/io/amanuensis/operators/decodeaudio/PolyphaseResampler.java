package io.amanuensis.operators.decodeaudio;

import io.amanuensis.engine.FilterBank;
import io.amanuensis.operators.element.PcmChunk;
import java.util.Arrays;

/**
 * Rational resampling: with 16000 / rate = L / M in lowest terms, output n lies at input time n M / L, between two samples at
 * one of L phases, and is the sum of the samples around it weighted by the {@link KaiserSinc} at their distances. Each phase's
 * weights are computed once.
 *
 * <p>The filter is centred on the output's time, so there is no delay to make up for: samples before the run count as silence
 * and {@code halfWidth} samples of look-ahead are waited for. Every output is the same sum in the same order, whatever the
 * pieces, hence bit-identical. For one thread.
 *
 * <p>To a multiple of the input's rate, as telephone sound is brought, the native library computes.
 */
final class PolyphaseResampler implements Resampler, AutoCloseable {
    /** L. */
    private final int phases;
    /** M. */
    private final int stride;

    private final int halfWidth;
    private final int taps;
    /** [phases][taps], row-major. */
    private final float[] weights;
    /** Null unless M is 1. */
    private final FilterBank bank;

    PolyphaseResampler(int sampleRateHz) {
        int divisor = gcd(PcmChunk.SAMPLE_RATE_HZ, sampleRateHz);
        KaiserSinc kernel = new KaiserSinc(sampleRateHz);
        phases = PcmChunk.SAMPLE_RATE_HZ / divisor;
        stride = sampleRateHz / divisor;
        halfWidth = kernel.halfWidth();
        taps = 2 * halfWidth;
        weights = new float[phases * taps];
        for (int phase = 0; phase < phases; phase++) {
            for (int tap = 0; tap < taps; tap++) {
                double distance = (double) phase / phases + halfWidth - 1 - tap;
                weights[phase * taps + tap] = (float) kernel.at(distance);
            }
        }
        bank = stride == 1 ? FilterBank.open(weights, phases, taps) : null;
    }

    int weightCount() {
        return weights.length;
    }

    @Override
    public ResamplerState begin() {
        ResamplerState state = new ResamplerState();
        state.history = new float[halfWidth - 1];
        return state;
    }

    @Override
    public long outputLength(long inputSamples) {
        return -Math.floorDiv(-inputSamples * phases, (long) stride);
    }

    @Override
    public short[] push(ResamplerState state, float[] input) {
        state.inputSamples += input.length;
        return run(state, input, input.length, outputLength(Math.max(0, state.inputSamples - halfWidth)));
    }

    @Override
    public short[] finish(ResamplerState state) {
        return run(state, new float[halfWidth], 0, outputLength(state.inputSamples));
    }

    /**
     * @param input behind the history
     * @param counted how many of its samples are counted in {@code state.inputSamples}
     * @param outputEnd output samples of the run to have been written afterwards
     */
    private short[] run(ResamplerState state, float[] input, int counted, long outputEnd) {
        int count = state.history.length + input.length;
        float[] samples = new float[count];
        System.arraycopy(state.history, 0, samples, 0, state.history.length);
        System.arraycopy(input, 0, samples, state.history.length, input.length);
        long firstSample = state.inputSamples - counted - state.history.length;

        long position = state.outputSamples * stride;
        int at = (int) (position / phases - halfWidth + 1 - firstSample);
        int phase = (int) (position % phases);
        int length = (int) (outputEnd - state.outputSamples);
        short[] output = bank == null ? filterEach(samples, at, phase, length) : bank.run(samples, at, phase, length);
        at += (int) ((phase + (long) output.length * stride) / phases);
        state.outputSamples = outputEnd;
        state.history = Arrays.copyOfRange(samples, at, count);
        return output;
    }

    private short[] filterEach(float[] samples, int firstAt, int firstPhase, int length) {
        short[] output = new short[length];
        int at = firstAt;
        int phase = firstPhase;
        for (int i = 0; i < output.length; i++) {
            output[i] = Samples.toShort(weighted(samples, at, phase * taps));
            phase += stride;
            at += phase / phases;
            phase %= phases;
        }
        return output;
    }

    /** Four running sums, because one would make each addition wait for the last. */
    private float weighted(float[] samples, int at, int row) {
        float sum0 = 0;
        float sum1 = 0;
        float sum2 = 0;
        float sum3 = 0;
        for (int tap = 0; tap < taps; tap += 4) {
            sum0 += weights[row + tap] * samples[at + tap];
            sum1 += weights[row + tap + 1] * samples[at + tap + 1];
            sum2 += weights[row + tap + 2] * samples[at + tap + 2];
            sum3 += weights[row + tap + 3] * samples[at + tap + 3];
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }

    @Override
    public void close() {
        if (bank != null) {
            bank.close();
        }
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
