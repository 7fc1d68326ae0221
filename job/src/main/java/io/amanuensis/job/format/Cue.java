package io.amanuensis.job.format;

import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a subtitle shows at a time. */
record Cue(long startMs, long endMs, String text) {
    /** Two lines of the 42 letters that subtitling guidelines allow. */
    static final int MAX_CHARS = 84;

    /**
     * The transcript's cues: one a sentence, or several of about equal length where a sentence is longer than
     * {@link #MAX_CHARS}. A transcript without word times is one cue.
     */
    static List<Cue> of(Transcript transcript) {
        if (transcript.getWords().isEmpty()) {
            return List.of(new Cue(
                    transcript.getStartMs(),
                    transcript.getEndMs(),
                    transcript.getText().strip()));
        }
        List<Cue> cues = new ArrayList<>();
        List<Word> sentence = new ArrayList<>();
        for (Word word : transcript.getWords()) {
            if (!sentence.isEmpty() && endsSentence(sentence)) {
                addCues(sentence, cues);
                sentence.clear();
            }
            sentence.add(word);
        }
        addCues(sentence, cues);
        return cues;
    }

    private static void addCues(List<Word> sentence, List<Cue> cues) {
        int length = textOf(sentence).length();
        int pieces = (length - 1) / MAX_CHARS + 1;
        List<Word> shown = new ArrayList<>();
        for (Word word : sentence) {
            int shownLength = textOf(shown).length();
            if (!shown.isEmpty()
                    && (shownLength >= length / pieces
                            || shownLength + 1 + word.getText().length() > MAX_CHARS)) {
                cues.add(of(shown));
                shown.clear();
            }
            shown.add(word);
        }
        cues.add(of(shown));
    }

    private static Cue of(List<Word> words) {
        return new Cue(words.get(0).getStartMs(), words.get(words.size() - 1).getEndMs(), textOf(words));
    }

    private static boolean endsSentence(List<Word> words) {
        String last = words.get(words.size() - 1).getText();
        return last.endsWith(".") || last.endsWith("?") || last.endsWith("!");
    }

    private static String textOf(List<Word> words) {
        return words.stream().map(Word::getText).collect(Collectors.joining(" "));
    }
}
