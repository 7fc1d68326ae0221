package io.amanuensis.operators.guard;

import java.io.Serializable;
import java.util.List;

/**
 * What {@code guard} takes for text that nobody said. Every rule needs several pieces of evidence to agree, because each of them
 * alone is wrong about real speech now and then.
 *
 * @param enabled whether text is suppressed at all; evidence must be numbers all the same
 * @param noSpeechProbability above it the model holds that nobody speaks, 0 to 1
 * @param averageLogProbability below it the model is not sure of its text
 * @param compressionRatio above it text repeats itself
 * @param repeatedShare share of the words, 0 to 1, from which on one sequence said again and again is repetition
 * @param mostWordsPerSecond of the window: nobody speaks faster
 * @param leastWordsPerSecond of detected speech: nobody speaks as slowly for long
 * @param littleSpeechRatio share of the window below which the detector heard next to nothing
 * @param phraseSpeechRatio share of the window below which {@code phrases} are not believed
 * @param phrases that models make up in silence; case and punctuation do not matter
 */
public record GuardSettings(
        boolean enabled,
        double noSpeechProbability,
        double averageLogProbability,
        double compressionRatio,
        double repeatedShare,
        double mostWordsPerSecond,
        double leastWordsPerSecond,
        double littleSpeechRatio,
        double phraseSpeechRatio,
        List<String> phrases)
        implements Serializable {
    private static final long serialVersionUID = 1;

    public static final List<String> DEFAULT_PHRASES = List.of(
            "thank you for watching",
            "thanks for watching",
            "thank you so much for watching",
            "thank you very much for watching",
            "please subscribe",
            "please like and subscribe",
            "please subscribe to my channel",
            "see you in the next video",
            "see you next time",
            "subtitles by the amara org community",
            "untertitel der amara org community",
            "untertitel im auftrag des zdf für funk",
            "vielen dank fürs zuschauen",
            "sous-titres réalisés par la communauté d'amara org",
            "gracias por ver el video",
            "sottotitoli creati dalla comunità amara org");

    public static final GuardSettings DEFAULT =
            new GuardSettings(true, 0.6, -1.0, 2.4, 0.5, 8, 0.25, 0.1, 0.3, DEFAULT_PHRASES);

    public GuardSettings {
        phrases = List.copyOf(phrases);
    }
}
