package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class StrictFloatTest {
    @Test
    void logarithmIsThatOfTheLibrary() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            float x = (float) Math.exp(random.nextDouble(-80, 80));
            double expected = Math.log(x) / Math.log(2);
            assertThat((double) StrictFloat.log2(x))
                    .isCloseTo(expected, within(2e-7 * Math.max(8, Math.abs(expected))));
        }
        assertThat(StrictFloat.log2(1)).isZero();
        assertThat(StrictFloat.log2(8)).isEqualTo(3);
    }

    @Test
    void curvesAreThoseOfTheLibrary() {
        Random random = new Random(2);
        for (int i = 0; i < 10_000; i++) {
            float x = (float) random.nextDouble(-30, 30);
            assertThat((double) StrictFloat.logistic(x)).isCloseTo(1 / (1 + Math.exp(-x)), within(1e-6));
            assertThat((double) StrictFloat.tanh(x)).isCloseTo(Math.tanh(x), within(2e-6));
        }
        assertThat(StrictFloat.logistic(1e9f)).isEqualTo(1);
        assertThat(StrictFloat.logistic(-1e9f)).isBetween(0f, 1e-30f);
    }
}
