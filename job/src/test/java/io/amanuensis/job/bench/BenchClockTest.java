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
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class BenchClockTest {
    /** Of threads by their numbers: what Linux says of them, in ticks of 10 ms. */
    private static final Map<String, String> BEGIN = Map.of(
            "7", stat("C2 CompilerThre", 80, 20),
            "8", stat("encode featuriz", 900, 0),
            "9", stat("AsyncOperations", 300, 0));

    private static final Map<String, String> END = Map.of(
            "7", stat("C2 CompilerThre", 120, 30),
            "8", stat("encode featuriz", 1270, 10),
            "10", stat("data-plane-kafk", 10, 0));

    private static String stat(String name, int userTicks, int systemTicks) {
        return "7 (%s) S 1 1 1 0 -1 0 1 0 0 0 %d %d 0 0 20".formatted(name, userTicks, systemTicks);
    }

    @Test
    void whatComesBetweenWarmUpAndCoolDownIsMeasuredAndTheProcessIsAskedTwice() {
        Queue<ProcessUse> uses = new ArrayDeque<>(List.of(
                new ProcessUse(2_000_000_000, 13_000_000_000L, 9_000_000_000L, ThreadTimes.of(BEGIN)),
                new ProcessUse(5_000_000_000L, 17_500_000_000L, 12_600_000_000L, ThreadTimes.of(END))));
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
        Map<Work, Double> works = clock.cpuSeconds().works();
        assertThat(works.get(Work.COMPILING)).isCloseTo(0.5, within(1e-9));
        assertThat(works.get(Work.STAGES)).as("but for native computation").isCloseTo(0.2, within(1e-9));
        assertThat(works.get(Work.BROKER)).as("a thread that began meanwhile").isCloseTo(0.1, within(1e-9));
        assertThat(works.get(Work.CHECKPOINTS)).as("a thread that has ended").isZero();
        assertThat(clock.cpuSeconds().other()).isCloseTo(0.1, within(1e-9));
        assertThat(clock.cpuSeconds().restShareOnceCompiled()).isCloseTo(0.4 / 4, within(1e-9));
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
