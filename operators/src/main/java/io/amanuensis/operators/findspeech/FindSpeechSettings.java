package io.amanuensis.operators.findspeech;

import io.amanuensis.operators.element.PcmChunk;
import java.io.Serializable;

/**
 * How {@code find-speech} makes utterances of frames.
 *
 * @param detector tells frames with speech from frames without
 * @param minSpeechMs certain speech that begins an utterance; less is a click. What is less certain takes longer
 * @param maxDipMs pause within which these frames may lie apart
 * @param minSilenceMs pause that ends a short utterance
 * @param minSilenceFullMs pause that ends an utterance about to fill the window; in between the pause needed shrinks in proportion
 * @param paddingBeforeMs sound kept before the first frame of speech
 * @param paddingAfterMs sound kept behind the last, as far as it had been heard when the utterance ended
 * @param cutSearchMs how far back from the window's end the least energetic point is looked for when nobody pauses
 * @param seamContextMs sound beyond such a cut that the windows on both sides hear too
 * @param maxNonSpeechMs longest stretch of non-speech announced in one span
 */
public record FindSpeechSettings(
        SpeechDetector detector,
        int minSpeechMs,
        int maxDipMs,
        int minSilenceMs,
        int minSilenceFullMs,
        int paddingBeforeMs,
        int paddingAfterMs,
        int cutSearchMs,
        int seamContextMs,
        int maxNonSpeechMs)
        implements Serializable {
    private static final long serialVersionUID = 1;

    /** Of speech that is never certain, and with dips: as many times {@link #minSpeechMs} an utterance may take to begin. */
    private static final int LONGEST_ONSETS = 10;

    /** Padding is free, the window is filled up with silence anyway; less of it costs words at the edges. */
    public static final FindSpeechSettings DEFAULT = new FindSpeechSettings(
            new NeuralDetector(NeuralSettings.DEFAULT), 200, 200, 400, 200, 500, 300, 2500, 500, 30_000);

    public FindSpeechSettings {
        requireRange("minSpeechMs", minSpeechMs, 1, 2_000);
        requireRange("maxDipMs", maxDipMs, 0, 1_000);
        requireRange("minSilenceMs", minSilenceMs, 20, 10_000);
        requireRange("minSilenceFullMs", minSilenceFullMs, 20, minSilenceMs);
        requireRange("paddingBeforeMs", paddingBeforeMs, 0, 2_000);
        requireRange("paddingAfterMs", paddingAfterMs, 0, 2_000);
        requireRange("cutSearchMs", cutSearchMs, 100, 10_000);
        requireRange("seamContextMs", seamContextMs, 0, 2_000);
        requireRange("maxNonSpeechMs", maxNonSpeechMs, 1_000, 3_600_000);
    }

    public FindSpeechSettings withDetector(SpeechDetector other) {
        return new FindSpeechSettings(
                other,
                minSpeechMs,
                maxDipMs,
                minSilenceMs,
                minSilenceFullMs,
                paddingBeforeMs,
                paddingAfterMs,
                cutSearchMs,
                seamContextMs,
                maxNonSpeechMs);
    }

    /** An utterance must not fill its window before it is known to be one. */
    void requireRoomIn(int windowSamples) {
        long longestOnset = samples(paddingBeforeMs) + longestOnsetSamples() + detector.frameSamples();
        if (windowSamples < 8L * samples(seamContextMs)) {
            throw new IllegalArgumentException(
                    "a window of %d samples is too short: with seamContextMs %d it must have %d"
                            .formatted(windowSamples, seamContextMs, 8L * samples(seamContextMs)));
        }
        if (windowSamples <= longestOnset) {
            throw new IllegalArgumentException(
                    "a window of %d samples is too short: with paddingBeforeMs %d and minSpeechMs %d it must exceed %d"
                            .formatted(windowSamples, paddingBeforeMs, minSpeechMs, longestOnset));
        }
    }

    /** From the first frame of speech: what has not begun an utterance by then was none. */
    int longestOnsetSamples() {
        return samples(LONGEST_ONSETS * minSpeechMs);
    }

    private static void requireRange(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s is %d, must be %d to %d".formatted(name, value, least, most));
        }
    }

    static int samples(int ms) {
        return ms * PcmChunk.SAMPLES_PER_MS;
    }
}
