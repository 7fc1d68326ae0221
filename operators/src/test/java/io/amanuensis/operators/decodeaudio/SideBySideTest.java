package io.amanuensis.operators.decodeaudio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SideBySideTest {
    private static final int SAMPLES = 1000;
    private static final int ROW = 3;

    private final Random random = new Random(1);
    private final SideBySide sideBySide = new SideBySide();

    @ParameterizedTest
    @CsvSource({"1, 1", "7, 17", "116, 512", "116, 511", "64, 33", "200, 250"})
    void sumsAreThoseOfTheDefinition(int taps, int count) {
        int padded = SideBySide.padded(taps);
        float[] weights = weights(taps, padded);
        float[] samples = samples();

        float[] sums = sideBySide.sums(samples, 5, count, weights, ROW, padded);

        double error = 0;
        double norm = 0;
        for (int i = 0; i < count; i++) {
            double expected = 0;
            for (int tap = 0; tap < taps; tap++) {
                expected += (double) samples[5 + i + tap] * weights[ROW + tap];
            }
            error += Math.pow(sums[i] - expected, 2);
            norm += expected * expected;
        }
        // Each of at most 256 roundings adds up to half a unit in the last place of a partial sum.
        assertThat(Math.sqrt(error / norm)).isBetween(0.0, 256 * Math.ulp(1f) / 2.0);
    }

    @Test
    void sumDoesNotDependOnItsNeighbours() {
        int padded = SideBySide.padded(116);
        float[] weights = weights(116, padded);
        float[] samples = samples();
        float[] together = Arrays.copyOf(sideBySide.sums(samples, 0, 500, weights, ROW, padded), 500);

        for (int i = 0; i < together.length; i++) {
            assertThat(sideBySide.sums(samples, i, 1, weights, ROW, padded)[0]).isEqualTo(together[i]);
        }
    }

    @Test
    void filtersAreFilledUpAsLittleAsNeeded() {
        assertThat(SideBySide.padded(1)).isEqualTo(64);
        assertThat(SideBySide.padded(64)).isEqualTo(64);
        assertThat(SideBySide.padded(65)).isEqualTo(128);
    }

    private float[] weights(int taps, int padded) {
        float[] weights = new float[ROW + padded];
        for (int tap = 0; tap < taps; tap++) {
            weights[ROW + tap] = (float) random.nextGaussian();
        }
        return weights;
    }

    private float[] samples() {
        float[] samples = new float[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            samples[i] = (float) (3000 * random.nextGaussian());
        }
        return samples;
    }
}
