package io.amanuensis.operators.assemble;

import io.amanuensis.operators.align.TextOfWords;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Gives every word at a seam to exactly one window. Where speech had to be cut, both windows hear some of the sound beyond the cut, so
 * that no word is heard in part only, and both may write the words there.
 *
 * <ul>
 *   <li>A word belongs to the side on which its middle lies.
 *   <li>Two windows may place the same word on different sides, or both on their own: a word of the later window that is one of the earlier
 *       window's (the same text nearby, or at the same time) goes where the earlier window left it.
 * </ul>
 */
public final class SeamWords {
    /** Within this the same text is the same word: more than word times err, less than a word that is said twice takes. */
    private static final long SAME_WORD_MS = 300;

    private SeamWords() {}

    /**
     * The transcript without what belongs to its neighbours.
     *
     * @param before what the window before left at its end; null if none or if it was not cut there
     */
    public static Transcript kept(Transcript transcript, WindowInfo info, SeamMemory before) {
        if (info.contextBeforeSamples == 0 && info.contextAfterSamples == 0) {
            return transcript;
        }
        List<Word> kept = transcript.getWords().stream()
                .filter(word -> isKept(word, transcript, info, before))
                .toList();
        return Transcript.newBuilder(transcript)
                .setText(text(transcript, kept))
                .setWords(within(transcript, kept))
                .build();
    }

    /** What the window after this one must know; null if there is no seam at its end. */
    static SeamMemory memory(Transcript transcript, WindowInfo info, SeamMemory before) {
        if (info.contextAfterSamples == 0) {
            return null;
        }
        long contextMs = info.contextAfterSamples / PcmChunk.SAMPLES_PER_MS;
        SeamMemory memory = new SeamMemory();
        for (Word word : transcript.getWords()) {
            if (word.getEndMs() > transcript.getEndMs() - contextMs - SAME_WORD_MS) {
                memory.add(word, isKept(word, transcript, info, before));
            }
        }
        return memory;
    }

    private static boolean isKept(Word word, Transcript transcript, WindowInfo info, SeamMemory before) {
        if (info.contextAfterSamples > 0 && middle(word) >= 2 * transcript.getEndMs()) {
            return false;
        }
        if (info.contextBeforeSamples == 0) {
            return true;
        }
        int same = before == null ? -1 : sameWord(word, before);
        return same >= 0 ? !before.kept[same] : middle(word) >= 2 * transcript.getStartMs();
    }

    /** Index in the memory, -1 if it is not there. */
    private static int sameWord(Word word, SeamMemory before) {
        int nearest = -1;
        long nearestMs = 2 * SAME_WORD_MS;
        for (int i = 0; i < before.texts.length; i++) {
            long distanceMs = Math.abs(middle(word) - before.startsMs[i] - before.endsMs[i]);
            if (plain(before.texts[i]).equals(plain(word.getText())) && distanceMs <= nearestMs) {
                nearest = i;
                nearestMs = distanceMs;
            }
        }
        for (int i = 0; nearest < 0 && i < before.texts.length; i++) {
            long overlapMs =
                    Math.min(word.getEndMs(), before.endsMs[i]) - Math.max(word.getStartMs(), before.startsMs[i]);
            long shorterMs = Math.min(word.getEndMs() - word.getStartMs(), before.endsMs[i] - before.startsMs[i]);
            if (2 * overlapMs > shorterMs) {
                nearest = i;
            }
        }
        return nearest;
    }

    /** Twice the middle, ms. */
    private static long middle(Word word) {
        return word.getStartMs() + word.getEndMs();
    }

    private static String plain(String word) {
        String letters = word.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
        return letters.isEmpty() ? word : letters;
    }

    private static String text(Transcript transcript, List<Word> kept) {
        List<Word> words = transcript.getWords();
        Set<Word> keptOnes = Collections.newSetFromMap(new IdentityHashMap<>());
        keptOnes.addAll(kept);
        return TextOfWords.of(
                transcript.getText(),
                words.stream().map(Word::getText).toList(),
                index -> keptOnes.contains(words.get(index)));
    }

    /** A word on the seam ends, or begins, with its window. */
    private static List<Word> within(Transcript transcript, List<Word> kept) {
        List<Word> words = new ArrayList<>(kept.size());
        for (Word word : kept) {
            words.add(Word.newBuilder(word)
                    .setStartMs(bounded(word.getStartMs(), transcript))
                    .setEndMs(bounded(word.getEndMs(), transcript))
                    .build());
        }
        return words;
    }

    private static long bounded(long ms, Transcript transcript) {
        return Math.max(transcript.getStartMs(), Math.min(transcript.getEndMs(), ms));
    }
}
