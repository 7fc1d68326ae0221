package io.amanuensis.job.demo;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StallWatchTest {
    private long nowNanos = 17;
    private final StallWatch watch = new StallWatch(Duration.ofSeconds(10), () -> nowNanos);

    @Test
    void endsAWaitInWhichNothingMoves() throws IOException {
        watch.check("the end", 1, 5);
        pass(9);
        watch.check("the end", 1, 5);
        pass(1);
        watch.check("the end", 1, 5);
        pass(1);

        assertThatThrownBy(() -> watch.check("the end", 1, 5))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("10 s while waiting for the end")
                .hasMessageContaining("[1, 5]");
    }

    @Test
    void anyMovementBeginsTheWaitAnew() throws IOException {
        watch.check("the end", 1, 5);
        pass(9);
        watch.check("the end", 1, 6);
        pass(9);
        watch.check("the end", 1, 6);
    }

    private void pass(int seconds) {
        nowNanos += Duration.ofSeconds(seconds).toNanos();
    }
}
