package io.amanuensis.operators.findspeech;

import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.Span;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Counters of {@code find-speech}, in the group of that name. The three durations add up to the sound of all channels. */
public final class FindSpeechMetrics {
    /** Windows handed to the speech engine. */
    public static final String WINDOWS = "windows";
    /** Length of the utterances in them, ms of audio. */
    public static final String AUDIO_MS_SPEECH = "audioMsSpeech";
    /** ms of audio. */
    public static final String AUDIO_MS_NON_SPEECH = "audioMsNonSpeech";
    /** ms of audio that never arrived. */
    public static final String AUDIO_MS_MISSING = "audioMsMissing";

    /** Utterances that shared a window with others. */
    public static final String UTTERANCES_PACKED = "utterancesPacked";

    private final Counter windows;
    private final Counter utterancesPacked;
    private final Map<Span.Kind, Counter> audioMs = new EnumMap<>(Span.Kind.class);
    private final Map<Span.Kind, Long> samples = new EnumMap<>(Span.Kind.class);

    FindSpeechMetrics(MetricGroup operator) {
        MetricGroup group = operator.addGroup(Uids.FIND_SPEECH);
        windows = group.counter(WINDOWS);
        utterancesPacked = group.counter(UTTERANCES_PACKED);
        audioMs.put(Span.Kind.SPEECH, group.counter(AUDIO_MS_SPEECH));
        audioMs.put(Span.Kind.NON_SPEECH, group.counter(AUDIO_MS_NON_SPEECH));
        audioMs.put(Span.Kind.GAP, group.counter(AUDIO_MS_MISSING));
    }

    /** Counts samples, so that the rounding of many spans does not add up. */
    void announced(Span span) {
        Counter counter = audioMs.get(span.kind);
        if (counter != null) {
            long total = samples.merge(span.kind, span.endSample - span.startSample, Long::sum);
            counter.inc(total / PcmChunk.SAMPLES_PER_MS - counter.getCount());
        }
    }

    void emitted(PcmWindow window) {
        windows.inc();
        utterancesPacked.inc(window.info().packed.size());
    }
}
