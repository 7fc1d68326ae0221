package io.amanuensis.operators.guard;

import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Everything that speaks for and against a window's text.
 *
 * @param words in lower case, without punctuation
 * @param speechRatio share of the window that the detector took for speech; empty if it did not say
 * @param repeatedShare of {@link Repetition}
 */
record Evidence(
        List<String> words,
        double averageLogProbability,
        double noSpeechProbability,
        double compressionRatio,
        double windowSeconds,
        OptionalDouble speechRatio,
        double repeatedShare) {

    static Evidence of(WindowInfo info, Transcript transcript) {
        List<String> words = Repetition.words(transcript.getText());
        return new Evidence(
                words,
                transcript.getAverageLogProbability(),
                transcript.getNoSpeechProbability(),
                transcript.getCompressionRatio(),
                (double) info.soundSamples() / PcmChunk.SAMPLE_RATE_HZ,
                info.speechSamples == 0
                        ? OptionalDouble.empty()
                        : OptionalDouble.of((double) info.speechSamples / info.sampleCount),
                Repetition.share(words));
    }

    /** Of the window. */
    double wordsPerSecond() {
        return words.size() / windowSeconds;
    }

    /** What is not a number; null if all are. A comparison with NaN is false, so no rule would ever object. */
    static String notANumber(Transcript transcript) {
        if (!Double.isFinite(transcript.getAverageLogProbability())) {
            return "average log-probability is " + transcript.getAverageLogProbability();
        }
        if (!Double.isFinite(transcript.getNoSpeechProbability())) {
            return "no-speech probability is " + transcript.getNoSpeechProbability();
        }
        if (!Double.isFinite(transcript.getCompressionRatio())) {
            return "compression ratio is " + transcript.getCompressionRatio();
        }
        for (Word word : transcript.getWords()) {
            if (!Double.isFinite(word.getProbability())) {
                return "probability of the word '%s' is %s".formatted(word.getText(), word.getProbability());
            }
        }
        return null;
    }
}
