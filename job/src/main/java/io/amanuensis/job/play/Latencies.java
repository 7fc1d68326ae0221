package io.amanuensis.job.play;

import io.amanuensis.schemas.Partial;
import io.amanuensis.schemas.PartialKind;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * How long after it was spoken text is there to be read. The calls' start times are those of their playing, so that a time of the
 * call's clock is a time of the wall clock. Not thread-safe.
 */
public final class Latencies {
    /** Relative error of a thousandth. */
    private static final int DIGITS = 3;

    private final double speed;
    private final Histogram finals = new Histogram(DIGITS);
    private final Histogram partials = new Histogram(DIGITS);

    /** @param speed of the playing, finite */
    public Latencies(double speed) {
        if (!(speed > 0) || Double.isInfinite(speed)) {
            throw new IllegalArgumentException("speed must be a number above 0, is " + speed);
        }
        this.speed = speed;
    }

    /**
     * Of one kind of text, in milliseconds of the wall clock.
     *
     * @param count of texts; if 0, so is all else
     */
    public record Summary(long count, double p50Ms, double p95Ms, double mostMs) {}

    /**
     * A final text, from the end of its last word on.
     *
     * @param nowEpochMs when a reader of committed records saw it
     */
    public void seen(Transcript transcript, long nowEpochMs) {
        record(finals, transcript.getCallStartEpochMs().toEpochMilli(), endOfSpeechMs(transcript), nowEpochMs);
    }

    /**
     * Text of an utterance under way, from the end of the sound that it rests on. Events and corrections are no such text.
     *
     * @param nowEpochMs when a reader saw it
     */
    public void seen(Partial partial, long nowEpochMs) {
        if (partial.getKind() == PartialKind.HYPOTHESIS) {
            long heardMs = partial.getStartMs() + partial.getRevision();
            record(partials, partial.getCallStartEpochMs().toEpochMilli(), heardMs, nowEpochMs);
        }
    }

    public Summary finals() {
        return summary(finals);
    }

    public Summary partials() {
        return summary(partials);
    }

    private void record(Histogram histogram, long callStartEpochMs, long audioMs, long nowEpochMs) {
        long spokenEpochMs = callStartEpochMs + Math.round(audioMs / speed);
        histogram.recordValue(Math.max(0, nowEpochMs - spokenEpochMs));
    }

    private static long endOfSpeechMs(Transcript transcript) {
        List<Word> words = transcript.getWords();
        return words.isEmpty()
                ? transcript.getEndMs()
                : words.get(words.size() - 1).getEndMs();
    }

    private static Summary summary(Histogram histogram) {
        return histogram.getTotalCount() == 0
                ? new Summary(0, 0, 0, 0)
                : new Summary(
                        histogram.getTotalCount(),
                        histogram.getValueAtPercentile(50),
                        histogram.getValueAtPercentile(95),
                        histogram.getMaxValue());
    }
}
