package io.amanuensis.operators.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StretchesTest {
    /** A set of samples is the reference; a stretch that only touches another joins it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void isTheUnionOfWhatWasAdded(long seed) {
        Random random = new Random(seed);
        Stretches stretches = new Stretches();
        BitSet samples = new BitSet();
        for (int i = 0; i < 60; i++) {
            int start = random.nextInt(1000);
            int end = start + random.nextInt(12);
            stretches.add(start, end);
            samples.set(start, end);
            long[] expected = new long
                    [2
                            * (int) samples.stream()
                                    .filter(sample -> sample == 0 || !samples.get(sample - 1))
                                    .count()];
            int at = 0;
            for (int from = samples.nextSetBit(0); from >= 0; from = samples.nextSetBit(samples.nextClearBit(from))) {
                expected[at++] = from;
                expected[at++] = samples.nextClearBit(from);
            }
            assertThat(stretches.bounds).as("after [%d, %d)", start, end).isEqualTo(expected);
            assertThat(stretches.total()).isEqualTo(samples.cardinality());
        }
        assertThat(stretches.between().total()).isEqualTo(stretches.end() - stretches.start() - samples.cardinality());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void givesBackWhatItCoversAndNoMore(long seed) {
        Random random = new Random(seed);
        Stretches stretches = new Stretches();
        BitSet samples = new BitSet();
        for (int i = 0; i < 200; i++) {
            int start = random.nextInt(400);
            int end = start + 1 + random.nextInt(12);
            boolean covered = samples.nextClearBit(start) >= end;
            assertThat(stretches.covers(start, end)).isEqualTo(covered);
            if (covered) {
                stretches.remove(start, end);
                samples.clear(start, end);
            } else {
                stretches.add(start, end + 20);
                samples.set(start, end + 20);
            }
            assertThat(stretches.total()).isEqualTo(samples.cardinality());
            int gap = samples.nextClearBit(Math.max(0, samples.nextSetBit(0)));
            assertThat(stretches.isEmpty() || stretches.bounds[1] == gap).isTrue();
        }
    }

    @Test
    void isBoundedAndStillGrowsAtItsEnds() {
        Stretches stretches = new Stretches();
        for (int i = 0; i < Stretches.MAX_STRETCHES + 7; i++) {
            stretches.add(10L * i, 10L * i + 1);
        }
        assertThat(stretches.omitted).isEqualTo(7);
        stretches.add(1, 2);
        assertThat(stretches.omitted).isEqualTo(7);
        assertThat(stretches.bounds).hasSize(2 * Stretches.MAX_STRETCHES).startsWith(0, 2, 10, 11);
    }
}
