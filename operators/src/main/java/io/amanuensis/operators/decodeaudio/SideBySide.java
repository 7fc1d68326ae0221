package io.amanuensis.operators.decodeaudio;

import java.util.Arrays;

/**
 * The sums of a filter at neighbouring samples, shaped so that the JVM turns the inner loop into vector instructions: what is read
 * and what is written must begin at the same place of their arrays, or whole vectors apart. So the samples are copied to the front
 * of an array, once for four taps that lie {@link #LANES} apart. The order of a sum does not depend on how many there are. For one
 * thread.
 */
final class SideBySide {
    /** Sums at a time; with their samples they fit into the first-level cache. */
    static final int OUTPUTS = 512;

    /** Floats in the longest vector of any processor. */
    private static final int LANES = 16;

    private static final int TAPS_PER_COPY = 4;
    private static final int REACH = (TAPS_PER_COPY - 1) * LANES;

    private final float[] sums = new float[OUTPUTS];
    private final float[] copied = new float[OUTPUTS + REACH];

    /** Length of a filter that this can compute: at least {@code taps}, those above with a weight of 0. */
    static int padded(int taps) {
        return -Math.floorDiv(-taps, TAPS_PER_COPY * LANES) * TAPS_PER_COPY * LANES;
    }

    /**
     * Sum i is that of {@code samples[at + i + tap] * weights[row + tap]} over the taps.
     *
     * @param count at most {@link #OUTPUTS}
     * @param taps of the filter, as {@link #padded} says
     * @return the sums, until the next call
     */
    float[] sums(float[] samples, int at, int count, float[] weights, int row, int taps) {
        Arrays.fill(sums, 0, count, 0);
        for (int group = 0; group < taps; group += TAPS_PER_COPY * LANES) {
            for (int tap = group; tap < group + LANES; tap++) {
                System.arraycopy(samples, at + tap, copied, 0, count + REACH);
                add(count, weights, row + tap);
            }
        }
        return sums;
    }

    private void add(int count, float[] weights, int tap) {
        float[] to = sums;
        float[] from = copied;
        float weight0 = weights[tap];
        float weight1 = weights[tap + LANES];
        float weight2 = weights[tap + 2 * LANES];
        float weight3 = weights[tap + 3 * LANES];
        for (int i = 0; i < count; i++) {
            float sum = to[i] + weight0 * from[i];
            sum += weight1 * from[i + LANES];
            sum += weight2 * from[i + 2 * LANES];
            to[i] = sum + weight3 * from[i + 3 * LANES];
        }
    }
}
