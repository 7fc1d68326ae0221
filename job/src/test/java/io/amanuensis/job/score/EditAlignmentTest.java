package io.amanuensis.job.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.job.score.EditAlignment.Match;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EditAlignmentTest {
    @Test
    void countsEachKindOfErrorAndPairsTheRecognisedWords() {
        EditAlignment alignment = EditAlignment.of(
                List.of("the", "order", "number", "is", "five"), List.of("order", "number", "was", "five", "please"));

        assertThat(alignment.errors()).isEqualTo(new WordErrors(1, 1, 1, 5));
        assertThat(alignment.matches()).containsExactly(new Match(1, 0), new Match(2, 1), new Match(4, 3));
    }

    @Test
    void nothingHeardIsAllDeletionsAndNothingSaidIsAllInsertions() {
        assertThat(EditAlignment.of(List.of("a", "b"), List.of()).errors()).isEqualTo(new WordErrors(0, 0, 2, 2));
        assertThat(EditAlignment.of(List.of(), List.of("a", "b")).errors()).isEqualTo(new WordErrors(0, 2, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void isAsCheapAsTheDefinitionOfLevenshteinDistance(long seed) {
        Random random = new Random(seed);
        List<String> reference = randomWords(random);
        List<String> hypothesis = randomWords(random);

        assertThat(EditAlignment.of(reference, hypothesis).errors().total())
                .as("seed %d: %s -> %s", seed, reference, hypothesis)
                .isEqualTo(distance(reference, hypothesis));
    }

    @Test
    void refusesTextsTooLongToAlign() {
        List<String> longText = Collections.nCopies(30_000, "word");

        assertThatThrownBy(() -> EditAlignment.of(longText, longText))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("30000 reference words");
    }

    private static List<String> randomWords(Random random) {
        return IntStream.range(0, random.nextInt(8))
                .mapToObj(i -> "abc".substring(random.nextInt(3)).substring(0, 1))
                .toList();
    }

    private static int distance(List<String> a, List<String> b) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.size() + b.size();
        }
        List<String> restOfA = a.subList(1, a.size());
        List<String> restOfB = b.subList(1, b.size());
        return a.get(0).equals(b.get(0))
                ? distance(restOfA, restOfB)
                : 1 + Math.min(distance(restOfA, restOfB), Math.min(distance(restOfA, b), distance(a, restOfB)));
    }
}
