package io.amanuensis.operators.align;

import java.util.List;
import java.util.function.IntPredicate;

/** Some of a text's words, as they stand in it. */
public final class TextOfWords {
    private TextOfWords() {}

    /**
     * The stretches of the text that end in a word that is kept; so blanks and punctuation stay as the language has them.
     *
     * @param words of the text, in order
     * @param kept by index
     */
    public static String of(String text, List<String> words, IntPredicate kept) {
        StringBuilder result = new StringBuilder();
        int at = 0;
        for (int i = 0; i < words.size(); i++) {
            int found = text.indexOf(words.get(i), at);
            int end = found < 0 ? at : found + words.get(i).length();
            if (kept.test(i)) {
                result.append(text, at, end);
            }
            at = end;
        }
        return result.toString().strip();
    }
}
