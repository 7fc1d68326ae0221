package io.amanuensis.job.play;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChosenTest {
    private static final int ELEMENTS = 3_000;

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.001, 0.01, 0.02, 0.3, 0.5, 0.77, 1})
    void everyBeginningHasItsShareGiveOrTakeOne(double share) {
        for (long seed = 1; seed <= 20; seed++) {
            Chosen chosen = new Chosen(share, new SplittableRandom(seed));
            int count = 0;
            for (int n = 1; n <= ELEMENTS; n++) {
                count += chosen.next() ? 1 : 0;
                assertThat((double) count).as("of %d, seed %d", n, seed).isBetween(share * n - 1, share * n + 1);
            }
        }
    }

    @Test
    void whichAreChosenDependsOnTheSeed() {
        assertThat(chosen(1)).isEqualTo(chosen(1)).isNotEqualTo(chosen(2)).isNotEqualTo(every(100));
    }

    private static List<Integer> chosen(long seed) {
        Chosen chosen = new Chosen(0.01, new SplittableRandom(seed));
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < ELEMENTS; i++) {
            if (chosen.next()) {
                indices.add(i);
            }
        }
        return indices;
    }

    private static List<Integer> every(int step) {
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < ELEMENTS; i += step) {
            indices.add(i);
        }
        return indices;
    }
}
