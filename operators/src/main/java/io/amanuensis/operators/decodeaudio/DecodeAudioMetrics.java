package io.amanuensis.operators.decodeaudio;

import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.PcmChunk;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Counters of {@code decode-audio}, in the group of that name. */
public final class DecodeAudioMetrics {
    /** Sound handed on, ms of audio. */
    public static final String AUDIO_MS_DECODED = "audioMsDecoded";
    /** Sound that never arrived, ms of audio. */
    public static final String AUDIO_MS_MISSING = "audioMsMissing";

    /** Sound of segments that could not be decoded, ms of audio. */
    public static final String AUDIO_MS_REFUSED = "audioMsRefused";

    public static final String DEAD_LETTERS = "deadLetters";

    final Counter deadLetters;
    private final Counter audioMsDecoded;
    private final Counter audioMsMissing;
    private final Counter audioMsRefused;
    private long decodedSamples;
    private long missingSamples;
    private long refusedSamples;

    DecodeAudioMetrics(MetricGroup operator) {
        MetricGroup group = operator.addGroup(Uids.DECODE_AUDIO);
        audioMsDecoded = group.counter(AUDIO_MS_DECODED);
        audioMsMissing = group.counter(AUDIO_MS_MISSING);
        audioMsRefused = group.counter(AUDIO_MS_REFUSED);
        deadLetters = group.counter(DEAD_LETTERS);
    }

    /** Counts samples, so that the rounding of many short chunks does not add up. */
    void emitted(PcmChunk chunk) {
        decodedSamples += chunk.samples.length;
        if (chunk.refused) {
            refusedSamples += chunk.gapSamples;
        } else {
            missingSamples += chunk.gapSamples;
        }
        audioMsDecoded.inc(decodedSamples / PcmChunk.SAMPLES_PER_MS - audioMsDecoded.getCount());
        audioMsMissing.inc(missingSamples / PcmChunk.SAMPLES_PER_MS - audioMsMissing.getCount());
        audioMsRefused.inc(refusedSamples / PcmChunk.SAMPLES_PER_MS - audioMsRefused.getCount());
    }
}
