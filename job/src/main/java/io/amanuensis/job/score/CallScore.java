package io.amanuensis.job.score;

import io.amanuensis.job.score.EditAlignment.Match;
import io.amanuensis.job.score.ReferenceCall.SpokenWord;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How well a call, or several, were transcribed.
 *
 * @param wordStartErrorsMs of every recognised word with a time: heard start minus true start, ms
 */
public record CallScore(WordErrors errors, List<Long> wordStartErrorsMs) {
    public static final CallScore NONE = new CallScore(WordErrors.NONE, List.of());

    /** Each channel is aligned by itself, the whole of it at once; transcripts may come in any order. */
    public static CallScore of(ReferenceCall reference, List<Transcript> transcripts) {
        return Stream.concat(
                        reference.turns().stream().map(ReferenceCall.Turn::channel),
                        transcripts.stream().map(Transcript::getChannel))
                .distinct()
                .map(channel -> ofChannel(reference, channel, inOrder(transcripts, channel)))
                .reduce(NONE, CallScore::plus);
    }

    public CallScore plus(CallScore other) {
        return new CallScore(
                errors.plus(other.errors),
                Stream.concat(wordStartErrorsMs.stream(), other.wordStartErrorsMs.stream())
                        .toList());
    }

    /** Median of the absolute start errors, ms; empty if no recognised word has a time. */
    public OptionalDouble medianWordStartErrorMs() {
        long[] sorted = wordStartErrorsMs.stream().mapToLong(Math::abs).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(
                        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0);
    }

    private static CallScore ofChannel(ReferenceCall reference, int channel, List<Transcript> transcripts) {
        String heard = transcripts.stream().map(Transcript::getText).collect(Collectors.joining(" "));
        EditAlignment alignment = EditAlignment.of(Normalizer.words(reference.text(channel)), Normalizer.words(heard));
        return new CallScore(alignment.errors(), startErrorsMs(reference.words(channel), transcripts));
    }

    private static List<Long> startErrorsMs(List<SpokenWord> spoken, List<Transcript> transcripts) {
        List<Timed> said = timed(spoken, SpokenWord::word, word -> Math.round(1000 * word.start()));
        List<Word> words = transcripts.stream()
                .flatMap(transcript -> transcript.getWords().stream())
                .toList();
        List<Timed> heard = timed(words, Word::getText, Word::getStartMs);
        List<Match> matches = EditAlignment.of(
                        said.stream().map(Timed::key).toList(),
                        heard.stream().map(Timed::key).toList())
                .matches();
        return matches.stream()
                .map(match -> heard.get(match.hypothesis()).startMs - said.get(match.reference()).startMs)
                .toList();
    }

    /** A word in the form that is compared, and where it begins. */
    private record Timed(String key, long startMs) {}

    private static <W> List<Timed> timed(List<W> words, Function<W, String> text, Function<W, Long> startMs) {
        List<Timed> timed = new ArrayList<>(words.size());
        for (W word : words) {
            Normalizer.words(text.apply(word)).forEach(key -> timed.add(new Timed(key, startMs.apply(word))));
        }
        return timed;
    }

    private static List<Transcript> inOrder(List<Transcript> transcripts, int channel) {
        return transcripts.stream()
                .filter(transcript -> transcript.getChannel() == channel)
                .sorted(Comparator.comparingLong(Transcript::getStartMs))
                .toList();
    }
}
