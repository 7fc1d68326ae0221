package io.amanuensis.job.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTest {
    private static final long MS = 1_000_000;
    private long now = 5_000 * MS;
    private final List<Long> sleptMs = new ArrayList<>();

    @Test
    void keepsAnAbsoluteSchedule() throws InterruptedException {
        Pace pace = Pace.times(2, () -> now, this::sleep);

        pace.await(0);
        pace.await(1000);
        now += 700 * MS;
        pace.await(2000);
        pace.await(3000);

        assertThat(sleptMs).containsExactly(500L, 300L);
        assertThat(now).isEqualTo((5_000 + 1_500) * MS);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesSpeedsThatAreNone(double speed) {
        assertThatThrownBy(() -> Pace.times(speed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("above 0");
    }

    private void sleep(long nanos) {
        sleptMs.add(nanos / MS);
        now += nanos;
    }
}
