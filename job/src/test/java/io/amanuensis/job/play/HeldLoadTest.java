package io.amanuensis.job.play;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.amanuensis.job.demo.Sending;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Calls of 90 s with something to send each second, each of which takes 2 % of the machine. */
class HeldLoadTest {
    private static final long FOR_MS = 600_000;
    private static final long CALL_MS = 90_000;
    private static final double SHARE_OF_CALL = 0.02;

    private static final long LAG_MS = 5_000;

    private final List<Long> begins = new ArrayList<>();
    private long nowMs;

    @Test
    void asManyCallsAsKeepTheMachineBusyToItsShare() {
        HeldLoad held = held(0.7, 1_000);
        boolean was = false;
        while (held.hasNext()) {
            nowMs = held.next().atMs();
            if (held.isHeld()) {
                was = true;
                assertThat(calls()).as("at %d ms", nowMs).isBetween(20L, 45L);
            } else {
                assertThat(nowMs).isBetween(0L, FOR_MS / 2 + 10_000);
            }
        }
        assertThat(was).isTrue();
        assertThat(held.load().calls()).isCloseTo(35, within(4.0));
        assertThat(held.load().busy()).isCloseTo(0.7, within(0.08));
        assertThat(held.load().seconds()).isCloseTo(FOR_MS / 2000.0, within(10.0));
        assertThat(begins).last().satisfies(last -> assertThat(last).isLessThan(FOR_MS));
        assertThat(nowMs).isBetween(FOR_MS - 1_000, FOR_MS - 1);
    }

    /** What is said is computed when it has been said, and at first the JVM compiles. */
    @Test
    void theShareIsReachedThoughItLagsBehind() {
        HeldLoad held = new HeldLoad(
                new PlaySettings.Hold(0.7, FOR_MS),
                1_000,
                () -> Math.min(1, SHARE_OF_CALL * callsOlderThan(LAG_MS) + Math.max(0, 0.6 - nowMs / 100_000.0)),
                this::call);
        while (held.hasNext()) {
            nowMs = held.next().atMs();
            if (held.isHeld()) {
                assertThat(calls()).as("at %d ms", nowMs).isBetween(28L, 42L);
            }
        }
        assertThat(held.load().busy()).isCloseTo(0.7, within(0.05));
    }

    @Test
    void neverMoreThanIsAllowedAndNothingIsHeldThen() {
        HeldLoad held = held(0.7, 5);
        while (held.hasNext()) {
            nowMs = held.next().atMs();
            assertThat(calls()).isLessThanOrEqualTo(5);
            assertThat(held.isHeld()).isFalse();
        }
        assertThat(begins).hasSizeGreaterThan(5);
        assertThat(held.load()).isEqualTo(new HeldLoad.Load(0, 0, 0));
    }

    private HeldLoad held(double busy, int most) {
        return new HeldLoad(
                new PlaySettings.Hold(busy, FOR_MS), most, () -> Math.min(1, SHARE_OF_CALL * calls()), this::call);
    }

    private Iterator<Sending> call(int number, long beginMs) {
        begins.add(beginMs);
        return LongStream.iterate(beginMs + 1_000, at -> at <= beginMs + CALL_MS, at -> at + 1_000)
                .mapToObj(at -> new Sending(at, null))
                .iterator();
    }

    private long calls() {
        return callsOlderThan(-1);
    }

    private long callsOlderThan(long ms) {
        return begins.stream()
                .filter(begin -> begin + ms < nowMs && nowMs < begin + CALL_MS)
                .count();
    }
}
