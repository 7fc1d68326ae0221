package io.amanuensis.job.score;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What counts as the same word: letters a to z and the apostrophe, in lower case. Fit for English with numbers as words. */
public final class Normalizer {
    private Normalizer() {}

    /** The text's words in the form that is compared; words without a letter or apostrophe vanish. */
    public static List<String> words(String text) {
        String kept = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z'\\s]", "").strip();
        return kept.isEmpty() ? List.of() : Arrays.asList(kept.split("\\s+"));
    }
}
