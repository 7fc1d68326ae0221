package io.amanuensis.operators.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.device.Breaker.Permit;
import io.amanuensis.operators.device.Breaker.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BreakerTest {
    private static final BreakerSettings SETTINGS = BreakerSettings.DEFAULT;
    private static final long OPEN_MS = SETTINGS.openTime().toMillis();

    private final AtomicLong clock = new AtomicLong();
    private final List<String> told = new ArrayList<>();
    private final Breaker breaker =
            new Breaker(SETTINGS, clock::get, () -> false, (from, to) -> told.add(from + ">" + to));

    /** What a breaker does, said again: it knows the calls of its period by heart and counts nothing that is not among them. */
    private static final class Reference {
        private State state = State.CLOSED;
        private Set<Permit> period = new HashSet<>();
        private final List<Boolean> row = new ArrayList<>();
        private long reopensAt;
        private int good;

        boolean lets(long now) {
            if (state == State.OPEN && now >= reopensAt) {
                begin(State.HALF_OPEN);
            }
            return state == State.CLOSED || state == State.HALF_OPEN && good + period.size() < 3;
        }

        void let(Permit permit) {
            period.add(permit);
        }

        void ended(Permit permit, Boolean good, long now) {
            if (!period.remove(permit) || good == null) {
                return;
            }
            if (state == State.CLOSED) {
                row.add(good);
                int size = row.size();
                if (size >= 5 && row.subList(size - 5, size).stream().noneMatch(each -> each)) {
                    open(now);
                }
            } else if (!good) {
                open(now);
            } else if (++this.good == 3) {
                begin(State.CLOSED);
            }
        }

        void open(long now) {
            reopensAt = now + 60_000;
            begin(State.OPEN);
        }

        void begin(State next) {
            state = next;
            period = new HashSet<>();
            row.clear();
            good = 0;
        }
    }

    /** The same seed plays the same: a failure names its seed and the first step that differs. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void doesWhatTheReferenceDoes(long firstSeed) {
        int changes = 0;
        for (long seed = firstSeed * 1000; seed < firstSeed * 1000 + 100; seed++) {
            changes += play(seed, 400);
        }
        assertThat(changes).as("the plays visit all states often").isGreaterThan(1000);
    }

    private static int play(long seed, int steps) {
        Random random = new Random(seed);
        AtomicLong clock = new AtomicLong(random.nextInt(1000));
        List<State> told = new ArrayList<>(List.of(State.CLOSED));
        Breaker breaker = new Breaker(SETTINGS, clock::get, () -> false, (from, to) -> {
            assertThat(from).isEqualTo(told.get(told.size() - 1)).isNotEqualTo(to);
            told.add(to);
        });
        Reference reference = new Reference();
        List<Permit> permits = new ArrayList<>();
        double failing = random.nextDouble();
        for (int step = 0; step < steps; step++) {
            String where = "seed " + seed + ", step " + step;
            int choice = random.nextInt(1000);
            if (choice < 400) {
                boolean lets = reference.lets(clock.get());
                Optional<Permit> permit = breaker.tryAcquire();
                assertThat(permit.isPresent()).as(where + ": leave to call").isEqualTo(lets);
                permit.ifPresent(reference::let);
                permit.ifPresent(permits::add);
            } else if (choice < 850 && !permits.isEmpty()) {
                int which = random.nextInt(permits.size());
                Permit permit = random.nextInt(10) == 0 ? permits.get(which) : permits.remove(which);
                Boolean good = random.nextInt(8) == 0 ? null : random.nextDouble() >= failing;
                if (good == null) {
                    permit.abandoned();
                } else if (good) {
                    permit.succeeded();
                } else {
                    permit.failed();
                }
                reference.ended(permit, good, clock.get());
            } else if (choice == 999 && random.nextInt(4) == 0) {
                breaker.quarantine();
                if (reference.state != State.QUARANTINED) {
                    reference.begin(State.QUARANTINED);
                }
            } else {
                clock.addAndGet(random.nextInt(10) == 0 ? OPEN_MS - random.nextInt(2) : random.nextInt(20_000));
                if (random.nextInt(20) == 0) {
                    failing = random.nextDouble();
                }
            }
            assertThat(breaker.state()).as(where).isEqualTo(reference.state);
            assertThat(told.get(told.size() - 1)).as(where + ": told").isEqualTo(reference.state);
        }
        return told.size();
    }

    @Test
    void opensAfterFiveFailuresInARowAndNotBefore() {
        for (int round = 0; round < 3; round++) {
            fail(4);
            succeed(1);
        }
        fail(4);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(1);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.tryAcquire()).isEmpty();
        assertThat(told).containsExactly("CLOSED>OPEN");
    }

    @Test
    void badInputIsNoFailureAndEndsNoRowOfFailures() {
        fail(4);
        for (int i = 0; i < 100; i++) {
            breaker.tryAcquire().orElseThrow().abandoned();
        }
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(1);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void letsThreeProbesThroughAfterAMinuteAndClosesWhenAllHaveSucceeded() {
        fail(5);
        clock.set(OPEN_MS - 1);
        assertThat(breaker.tryAcquire()).isEmpty();
        clock.set(OPEN_MS);
        List<Permit> probes = List.of(acquire(), acquire(), acquire());
        assertThat(breaker.tryAcquire()).isEmpty();
        probes.get(0).succeeded();
        probes.get(1).succeeded();
        assertThat(breaker.tryAcquire())
                .as("three at most, also one after the other")
                .isEmpty();
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        probes.get(2).succeeded();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(told).containsExactly("CLOSED>OPEN", "OPEN>HALF_OPEN", "HALF_OPEN>CLOSED");
    }

    @Test
    void failedProbeOpensItForAnotherMinute() {
        fail(5);
        clock.set(OPEN_MS + 10);
        acquire().failed();
        clock.set(2 * OPEN_MS + 9);
        assertThat(breaker.tryAcquire()).isEmpty();
        clock.set(2 * OPEN_MS + 10);
        assertThat(breaker.tryAcquire()).isPresent();
    }

    @Test
    void callThatBeganBeforeAChangeDoesNotCountAfterIt() {
        Permit slow = acquire();
        fail(5);
        clock.set(OPEN_MS);
        acquire().succeeded();
        slow.failed();
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    }

    /** With other settings as with other classes: a breaker of its own. */
    @Test
    void quarantineHoldsForOtherJobsToo() {
        String device = "BreakerTest " + System.nanoTime();
        Breaker first = Breakers.of(device, SETTINGS);
        Breaker beside = Breakers.of(device, new BreakerSettings(9, Duration.ofSeconds(1), 1));
        assertThat(beside.tryAcquire()).isPresent();
        first.quarantine();
        assertThat(beside.tryAcquire()).isEmpty();
        assertThat(beside.state()).isEqualTo(State.QUARANTINED);
        Breaker later = Breakers.of(device, new BreakerSettings(7, Duration.ofSeconds(1), 1));
        assertThat(later).isNotSameAs(first);
        assertThat(later.state()).isEqualTo(State.QUARANTINED);
        assertThat(Breakers.of(device + " other", SETTINGS).state()).isEqualTo(State.CLOSED);
    }

    @Test
    void quarantineIsForGood() {
        breaker.quarantine();
        clock.set(Duration.ofDays(30).toMillis());
        assertThat(breaker.tryAcquire()).isEmpty();
        assertThat(breaker.state()).isEqualTo(State.QUARANTINED);
    }

    private Permit acquire() {
        return breaker.tryAcquire().orElseThrow();
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            acquire().failed();
        }
    }

    private void succeed(int times) {
        for (int i = 0; i < times; i++) {
            acquire().succeeded();
        }
    }
}
