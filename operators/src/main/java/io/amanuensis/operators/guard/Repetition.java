package io.amanuensis.operators.guard;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How much of a text is one sequence said again and again. */
final class Repetition {
    /** A sequence said so often in a row may still be meant: "no, no, no". */
    private static final int MOST_MEANT = 3;

    private static final int LONGEST_SEQUENCE_WORDS = 8;
    private static final int LONGEST_SEQUENCE_CHARACTERS = 24;

    /** Longer words on average are no words: the script has no blanks between them. */
    private static final int LONGEST_MEAN_WORD = 15;

    private Repetition() {}

    /** Lower case, without punctuation. */
    static List<String> words(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{M}\\p{N}']+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** Largest share of the words that is one sequence repeated more than three times in a row, 0 to 1. */
    static double share(List<String> words) {
        int characters = words.stream().mapToInt(String::length).sum();
        if (characters > LONGEST_MEAN_WORD * words.size()) {
            int[] codePoints = String.join("", words).codePoints().toArray();
            return share(Arrays.stream(codePoints).boxed().toList(), LONGEST_SEQUENCE_CHARACTERS);
        }
        return share(words, LONGEST_SEQUENCE_WORDS);
    }

    private static double share(List<?> units, int longestSequence) {
        int most = 0;
        for (int length = 1; length <= longestSequence; length++) {
            // Where each unit equals the one a sequence later, the sequence goes on.
            int same = 0;
            for (int at = length; at < units.size(); at++) {
                same = units.get(at).equals(units.get(at - length)) ? same + 1 : 0;
                int covered = (same / length + 1) * length;
                if (covered > MOST_MEANT * length) {
                    most = Math.max(most, covered);
                }
            }
        }
        return units.isEmpty() ? 0 : (double) most / units.size();
    }
}
