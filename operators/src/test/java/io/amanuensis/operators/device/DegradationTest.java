package io.amanuensis.operators.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DegradationTest {
    private static final long STABLE_MS = 60_000;
    private static final DegradationSettings SETTINGS =
            new DegradationSettings(4, 3, Duration.ofSeconds(1), Duration.ofMillis(STABLE_MS));

    private final AtomicLong clock = new AtomicLong();

    /** The level from the whole story, told from its beginning each time. */
    private static final class Reference {
        private final List<long[]> story = new ArrayList<>();

        void add(long atMs, boolean strain) {
            story.add(new long[] {atMs, strain ? 1 : 0});
        }

        int level() {
            int level = 2;
            int row = 0;
            long calmSince = 0;
            for (long[] event : story) {
                boolean strain = event[1] == 1;
                if (strain) {
                    calmSince = event[0];
                    row++;
                } else {
                    row = 0;
                    if (level > 2 && event[0] - calmSince >= STABLE_MS) {
                        level--;
                        calmSince = event[0];
                    }
                }
                if (row == 3) {
                    row = 0;
                    level = Math.min(4, level + 1);
                }
            }
            return level;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void goesAsTheWholeStoryGoes(long firstSeed) {
        int[] visits = new int[5];
        for (long seed = firstSeed * 100; seed < firstSeed * 100 + 50; seed++) {
            Random random = new Random(seed);
            AtomicLong now = new AtomicLong();
            Degradation degradation = new Degradation(SETTINGS, now::get);
            Reference reference = new Reference();
            for (int step = 0; step < 200; step++) {
                now.addAndGet(random.nextInt(5) == 0 ? STABLE_MS - random.nextInt(2) : random.nextInt(10_000));
                boolean strain = random.nextInt(10) < 6;
                int level = strain ? degradation.strained() : degradation.eased();
                reference.add(now.get(), strain);
                assertThat(level).as("seed " + seed + ", step " + step).isEqualTo(reference.level());
                visits[level]++;
            }
        }
        assertThat(visits[2]).isGreaterThan(500);
        assertThat(visits[3]).isGreaterThan(500);
        assertThat(visits[4]).isGreaterThan(500);
    }

    @Test
    void goesNoDeeperThanItMay() {
        Degradation degradation = new Degradation(
                new DegradationSettings(3, 1, Duration.ofSeconds(1), Duration.ofSeconds(1)), clock::get);
        for (int i = 0; i < 10; i++) {
            assertThat(degradation.strained()).isEqualTo(Level.CHEAPER_DECODING);
        }
        Degradation never = new Degradation(
                new DegradationSettings(2, 1, Duration.ofSeconds(1), Duration.ofSeconds(1)), clock::get);
        assertThat(never.strained()).isEqualTo(Level.CPU);
    }

    @Test
    void swingsNoFasterThanTheStableTime() {
        Degradation degradation = new Degradation(SETTINGS, clock::get);
        for (int i = 0; i < 6; i++) {
            degradation.strained();
        }
        assertThat(degradation.level()).isEqualTo(Level.PARKED);
        clock.set(STABLE_MS - 1);
        assertThat(degradation.eased()).isEqualTo(Level.PARKED);
        clock.set(STABLE_MS);
        assertThat(degradation.eased()).isEqualTo(Level.CHEAPER_DECODING);
        clock.set(2 * STABLE_MS - 1);
        assertThat(degradation.eased()).isEqualTo(Level.CHEAPER_DECODING);
        clock.set(2 * STABLE_MS);
        assertThat(degradation.eased()).isEqualTo(Level.CPU);
    }
}
