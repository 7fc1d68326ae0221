package io.amanuensis.job.play;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.amanuensis.job.demo.Sending;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Calls of 30 s with something to send each second, each of which takes 2 % of the machine. */
class HeldLoadTest {
    private static final long FOR_MS = 200_000;
    private static final long CALL_MS = 30_000;
    private static final double SHARE_OF_CALL = 0.02;

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
                assertThat(calls()).as("at %d ms", nowMs).isBetween(22L, 45L);
            } else {
                assertThat(nowMs < FOR_MS / 4 || nowMs >= FOR_MS - 1_000)
                        .as("at %d ms", nowMs)
                        .isTrue();
            }
        }
        assertThat(was).isTrue();
        assertThat(held.load().calls()).isCloseTo(35, within(4.0));
        assertThat(held.load().busy()).isCloseTo(0.7, within(0.08));
        assertThat(held.load().seconds()).isBetween(FOR_MS * 0.7 / 1000, FOR_MS / 1000.0);
        assertThat(begins).last().satisfies(last -> assertThat(last).isLessThan(FOR_MS));
        assertThat(nowMs).as("calls end as they would").isGreaterThan(FOR_MS);
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
        return begins.stream().filter(begin -> nowMs < begin + CALL_MS).count();
    }
}
