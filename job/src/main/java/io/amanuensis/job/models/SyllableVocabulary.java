package io.amanuensis.job.models;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A byte-level BPE vocabulary of any size that was not learnt from a text: the bytes, then all sequences of letters, with and
 * without a blank before them, the short ones first. Each is merged of the sequence without its last letter and that letter.
 */
final class SyllableVocabulary {
    private static final char FIRST = 'a';
    private static final char LAST = 'z';

    private final Map<String, Integer> tokens = new LinkedHashMap<>();
    private final List<String> merges = new ArrayList<>();

    SyllableVocabulary(int size) {
        for (String character : ByteAlphabet.characters()) {
            tokens.put(character, tokens.size());
        }
        List<String> shorter = new ArrayList<>(List.of(ByteAlphabet.BLANK));
        for (char letter = FIRST; letter <= LAST; letter++) {
            shorter.add(String.valueOf(letter));
        }
        while (tokens.size() < size) {
            shorter = longer(shorter, size);
        }
    }

    private List<String> longer(List<String> shorter, int size) {
        List<String> longer = new ArrayList<>();
        for (String sequence : shorter) {
            for (char letter = FIRST; letter <= LAST && tokens.size() < size; letter++) {
                merges.add(sequence + " " + letter);
                tokens.put(sequence + letter, tokens.size());
                longer.add(sequence + letter);
            }
        }
        return longer;
    }

    Map<String, Integer> tokens() {
        return tokens;
    }

    /** Pairs with a blank between, the first to be merged first. */
    List<String> merges() {
        return merges;
    }
}
