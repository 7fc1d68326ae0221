package io.amanuensis.operators.assemble;

import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.element.WindowOutcome;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Meter;
import org.apache.flink.metrics.MeterView;
import org.apache.flink.metrics.MetricGroup;

/** What became of the sound, and how fast. */
final class AssembleMetrics {
    private static final int RATE_WINDOW_S = 60;

    private final Counter transcripts;
    private final Counter windowsWithoutSpeech;
    private final Counter windowsFailed;
    private final Counter windowsEmptied;
    private final Counter speechMs;
    private final Counter nonSpeechMs;
    private final Counter gapMs;
    private final Counter refusedMs;
    private final Counter channelsEnded;
    private final Meter settledMsPerSecond;

    AssembleMetrics(MetricGroup group) {
        transcripts = group.counter("transcripts");
        windowsWithoutSpeech = group.counter("windowsWithoutSpeech");
        windowsFailed = group.counter("windowsFailed");
        windowsEmptied = group.counter("windowsEmptied");
        speechMs = group.counter("speechMs");
        nonSpeechMs = group.counter("nonSpeechMs");
        gapMs = group.counter("gapMs");
        refusedMs = group.counter("refusedMs");
        channelsEnded = group.counter("channelsEnded");
        settledMsPerSecond = group.meter("settledMsPerSecond", new MeterView(RATE_WINDOW_S));
        group.gauge("timesRealTime", () -> settledMsPerSecond.getRate() / 1000);
    }

    void settled(Span span) {
        long ms = (span.endSample - span.startSample) / PcmChunk.SAMPLES_PER_MS;
        switch (span.kind) {
            case SPEECH -> speechMs.inc(ms);
            case NON_SPEECH -> nonSpeechMs.inc(ms);
            case GAP -> gapMs.inc(ms);
            case REFUSED -> refusedMs.inc(ms);
            case END -> channelsEnded.inc();
        }
        settledMsPerSecond.markEvent(ms);
    }

    /** @param emptied its words were published with its neighbours */
    void published(WindowOutcome outcome, boolean emptied) {
        if (emptied) {
            windowsEmptied.inc();
            return;
        }
        switch (outcome.kind) {
            case TEXT -> transcripts.inc();
            case NON_SPEECH -> windowsWithoutSpeech.inc();
            case FAILED -> windowsFailed.inc();
        }
    }
}
