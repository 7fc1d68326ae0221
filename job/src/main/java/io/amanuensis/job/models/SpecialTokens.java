package io.amanuensis.job.models;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The tokens of a multilingual Whisper model that are no text, in their order.
 *
 * @param begin the first of them, which ends a text
 * @param timestamps how many moments there are, 20 ms apart
 */
record SpecialTokens(int begin, List<String> languages, int timestamps) {
    static final String END_OF_TEXT = "<|endoftext|>";

    private static final double TIMESTAMP_SECONDS = 0.02;

    int endOfText() {
        return begin;
    }

    int startOfTranscript() {
        return begin + 1;
    }

    int language(int index) {
        return begin + 2 + index;
    }

    int translate() {
        return language(languages.size());
    }

    int transcribe() {
        return translate() + 1;
    }

    int startOfLm() {
        return translate() + 2;
    }

    int startOfPrev() {
        return translate() + 3;
    }

    int noSpeech() {
        return translate() + 4;
    }

    int noTimestamps() {
        return translate() + 5;
    }

    int end() {
        return noTimestamps() + 1 + timestamps;
    }

    /** Those with a name, timestamps left out. */
    Map<String, Integer> named() {
        Map<String, Integer> tokens = new LinkedHashMap<>();
        tokens.put(END_OF_TEXT, endOfText());
        tokens.put("<|startoftranscript|>", startOfTranscript());
        for (int i = 0; i < languages.size(); i++) {
            tokens.put("<|" + languages.get(i) + "|>", language(i));
        }
        tokens.put("<|translate|>", translate());
        tokens.put("<|transcribe|>", transcribe());
        tokens.put("<|startoflm|>", startOfLm());
        tokens.put("<|startofprev|>", startOfPrev());
        tokens.put("<|nospeech|>", noSpeech());
        tokens.put("<|notimestamps|>", noTimestamps());
        return tokens;
    }

    /** Those that an export lists as added: all but the end of text, which stands in the vocabulary. */
    Map<String, Integer> added() {
        Map<String, Integer> tokens = named();
        tokens.remove(END_OF_TEXT);
        for (int i = 0; i < timestamps; i++) {
            tokens.put(String.format(Locale.ROOT, "<|%.2f|>", i * TIMESTAMP_SECONDS), noTimestamps() + 1 + i);
        }
        return tokens;
    }
}
