package io.amanuensis.operators.guard;

import io.amanuensis.schemas.SuppressedReason;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Whether anybody said a text, by all the evidence together. The first rule that objects gives the reason. */
final class GuardPolicy {
    /** Fewer words prove nothing about speed. */
    private static final int MIN_WORDS_FOR_SPEED = 8;

    /** Seconds of detected speech; a shorter time with a single word is a drawn-out word. */
    private static final double MIN_SECONDS_FOR_SPARSITY = 5;

    private final GuardSettings settings;
    private final Set<List<String>> phrases = new HashSet<>();
    private final int longestPhrase;

    /** @param detail the numbers that decided */
    record Objection(SuppressedReason reason, String detail) {}

    GuardPolicy(GuardSettings settings) {
        this.settings = settings;
        settings.phrases().forEach(phrase -> phrases.add(Repetition.words(phrase)));
        this.longestPhrase = phrases.stream().mapToInt(List::size).max().orElse(0);
    }

    /** @param evidence all of it finite */
    Optional<Objection> objection(Evidence evidence) {
        if (!settings.enabled()) {
            return Optional.empty();
        }
        if (repeatsItself(evidence)) {
            return objection(
                    SuppressedReason.REPETITION,
                    "compression ratio %.2f above %s, repeated share %.2f, average log-probability %.2f",
                    evidence.compressionRatio(),
                    settings.compressionRatio(),
                    evidence.repeatedShare(),
                    evidence.averageLogProbability());
        }
        if (evidence.words().size() >= MIN_WORDS_FOR_SPEED
                && evidence.wordsPerSecond() > settings.mostWordsPerSecond()) {
            return objection(
                    SuppressedReason.TOO_FAST,
                    "%.1f words a second, above %s",
                    evidence.wordsPerSecond(),
                    settings.mostWordsPerSecond());
        }
        return evidence.speechRatio().isPresent()
                ? objection(evidence, evidence.speechRatio().getAsDouble())
                : Optional.empty();
    }

    private boolean repeatsItself(Evidence evidence) {
        return evidence.compressionRatio() > settings.compressionRatio()
                && (evidence.repeatedShare() >= settings.repeatedShare()
                        || evidence.averageLogProbability() < settings.averageLogProbability());
    }

    private Optional<Objection> objection(Evidence evidence, double speechRatio) {
        if (speechRatio < settings.littleSpeechRatio()
                && evidence.noSpeechProbability() > settings.noSpeechProbability()) {
            return objection(
                    SuppressedReason.LITTLE_SPEECH,
                    "speech ratio %.3f below %s, no-speech probability %.2f above %s",
                    speechRatio,
                    settings.littleSpeechRatio(),
                    evidence.noSpeechProbability(),
                    settings.noSpeechProbability());
        }
        double speechSeconds = speechRatio * evidence.windowSeconds();
        if (speechSeconds >= MIN_SECONDS_FOR_SPARSITY
                && evidence.words().size() < settings.leastWordsPerSecond() * speechSeconds) {
            return objection(
                    SuppressedReason.TOO_SPARSE,
                    "%d words in %.1f s of detected speech, below %s a second",
                    evidence.words().size(),
                    speechSeconds,
                    settings.leastWordsPerSecond());
        }
        if (speechRatio < settings.phraseSpeechRatio() && isMadeOfPhrases(evidence.words())) {
            return objection(
                    SuppressedReason.PHRASE,
                    "a phrase of the list, speech ratio %.3f below %s",
                    speechRatio,
                    settings.phraseSpeechRatio());
        }
        return Optional.empty();
    }

    /** One phrase, or several in a row, and nothing else. */
    private boolean isMadeOfPhrases(List<String> words) {
        boolean[] reached = new boolean[words.size() + 1];
        reached[0] = true;
        for (int from = 0; from < words.size(); from++) {
            for (int to = from + 1; reached[from] && to <= Math.min(words.size(), from + longestPhrase); to++) {
                reached[to] |= phrases.contains(words.subList(from, to));
            }
        }
        return !words.isEmpty() && reached[words.size()];
    }

    private static Optional<Objection> objection(SuppressedReason reason, String detail, Object... numbers) {
        return Optional.of(new Objection(reason, String.format(Locale.ROOT, detail, numbers)));
    }
}
