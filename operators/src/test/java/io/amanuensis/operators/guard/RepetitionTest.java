package io.amanuensis.operators.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepetitionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no no no no           | 1",
                "no no no              | 0",
                "No! No, no... NO?     | 1",
                "yes six six six six   | 0.8",
                "a b a b a b a b       | 1",
                "a b a b a b           | 0",
                "a b a b a b a b a     | 0.8889",
                "one two three         | 0",
                "thank you. thank you. thank you. thank you. and goodbye to all | 0.6667",
                "ハハハハハハハハハハハハハハハハ | 1",
            })
    void isTheShareOfOneSequenceSaidMoreThanThreeTimes(String text, double share) {
        assertThat(Repetition.share(Repetition.words(text))).isCloseTo(share, offset(1e-4));
    }

    @Test
    void ofNothingIsNothing() {
        assertThat(Repetition.share(Repetition.words(" ... "))).isZero();
    }

    /** A sequence of any length up to the longest, any number of times, among words that never repeat. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void findsAnySequenceAnywhere(long seed) {
        Random random = new Random(seed);
        int length = random.nextInt(1, 9);
        int times = random.nextInt(4, 9);
        List<String> sequence = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            sequence.add("s" + i);
        }
        List<String> words = new ArrayList<>();
        int before = random.nextInt(5);
        int behind = random.nextInt(5);
        for (int i = 0; i < before; i++) {
            words.add("x" + i);
        }
        Collections.nCopies(times, sequence).forEach(words::addAll);
        for (int i = 0; i < behind; i++) {
            words.add("y" + i);
        }
        assertThat(Repetition.share(words)).isEqualTo((double) length * times / words.size());
    }
}
