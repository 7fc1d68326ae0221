package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FilterBankTest {
    private static final float[] WEIGHTS = {1, 0, 0, 0, 0.5f, 0.5f};

    @Test
    void outputsTakeTurnsAtThePhases() {
        try (FilterBank bank = FilterBank.open(WEIGHTS, 2, 3)) {
            float[] sound = {9, 9, 10, 20, 30, 41, 9};
            assertThat(bank.run(sound, 2, 0, 3)).containsExactly(10, 25, 20);
            assertThat(bank.run(sound, 2, 1, 2)).as("behind a larger one").containsExactly(25, 20);
            assertThat(bank.run(sound, 2, 0, 0)).isEmpty();
        }
    }

    @Test
    void aLongSoundIsFilteredWhole() {
        float[] sound = new float[100_002];
        for (int i = 0; i < sound.length; i++) {
            sound[i] = i % 20_000 - 10_000;
        }
        short[] expected = new short[200_000];
        for (int i = 0; i < expected.length; i++) {
            float exact = i % 2 == 0 ? sound[i / 2] : (sound[i / 2 + 1] + sound[i / 2 + 2]) / 2;
            expected[i] = (short) Math.floor(exact + 0.5);
        }
        try (FilterBank bank = FilterBank.open(WEIGHTS, 2, 3)) {
            assertThat(bank.run(sound, 0, 0, expected.length)).isEqualTo(expected);
        }
    }

    @Test
    void faultsOfTheInputAreNamed() {
        assertThatThrownBy(() -> FilterBank.open(WEIGHTS, 2, 4))
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll("weights", "6", "8");
        assertThatThrownBy(() -> FilterBank.open(new float[0], 0, 3)).hasMessageContaining("phase_count is 0");
        try (FilterBank bank = FilterBank.open(WEIGHTS, 2, 3)) {
            assertThatThrownBy(() -> bank.run(new float[4], 0, 0, 5))
                    .hasMessageContaining("sample_count is 4; legal: 5");
            assertThatThrownBy(() -> bank.run(new float[4], 0, 2, 1)).hasMessageContaining("first_phase is 2");
        }
    }

    @Test
    void aClosedBankFiltersNoMore() {
        FilterBank bank = FilterBank.open(Arrays.copyOf(WEIGHTS, 3), 1, 3);
        bank.close();
        bank.close();
        assertThatThrownBy(() -> bank.run(new float[3], 0, 0, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}
