package io.amanuensis.job.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.amanuensis.job.Transcripts;
import io.amanuensis.job.bench.BenchResult.StageMs;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.StageDurations;
import io.amanuensis.schemas.Transcript;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class BenchClockTest {
    @Test
    void whatComesBetweenWarmUpAndCoolDownIsMeasuredAndTheProcessIsAskedTwice() {
        Queue<ProcessUse> uses = new ArrayDeque<>(List.of(
                new ProcessUse(2_000_000_000, 13_000_000_000L, 9_000_000_000L, 1_000_000_000, 10_000_000),
                new ProcessUse(5_000_000_000L, 17_500_000_000L, 12_600_000_000L, 1_500_000_000, 30_000_000)));
        BenchClock clock = new BenchClock(3, 6, uses::remove);

        clock.see(List.of(window(1000, 100), window(1000, 100)));
        clock.see(List.of());
        clock.see(List.of(window(1000, 100), window(1000, 100)));
        clock.see(List.of(window(2000, 4)));
        clock.see(List.of(window(3500, 8)));
        clock.see(List.of(window(1000, 100)));

        assertThat(uses).isEmpty();
        assertThat(clock.seen()).isEqualTo(7);
        assertThat(clock.windows()).isEqualTo(2);
        assertThat(clock.audioSeconds()).isEqualTo(5.5);
        assertThat(clock.wallSeconds()).isCloseTo(3, within(1e-9));
        assertThat(clock.cpuSeconds().total()).isCloseTo(4.5, within(1e-9));
        assertThat(clock.cpuSeconds().computing()).isCloseTo(3.6, within(1e-9));
        assertThat(clock.cpuSeconds().rest()).isCloseTo(0.9, within(1e-9));
        assertThat(clock.cpuSeconds().compiling()).isCloseTo(0.5, within(1e-9));
        assertThat(clock.cpuSeconds().collecting()).isCloseTo(0.02, within(1e-9));
        assertThat(clock.tokensPerWindow()).isEqualTo(2);
        assertThat(clock.stageMs()).isEqualTo(new StageMs(6, 12, 18, 24));
    }

    private static Transcript window(int lengthMs, double stageMs) {
        Transcript window = Transcripts.of(0, ChannelRole.AGENT, 500, 500 + lengthMs, "a b");
        window.setTokens(List.of(1, 2));
        window.setStageDurations(new StageDurations(stageMs, 2 * stageMs, 3 * stageMs, 4 * stageMs));
        return window;
    }
}
