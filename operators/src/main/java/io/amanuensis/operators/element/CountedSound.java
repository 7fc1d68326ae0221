package io.amanuensis.operators.element;

/**
 * What {@code decode-audio} counted of a channel from its beginning to its end: the other side of a call's ledger, which the spans
 * of {@code find-speech} must agree with. A channel and epoch may begin and end several times, if it falls silent for long.
 */
public final class CountedSound {
    /** What has happened to the channel. */
    public enum Kind {
        /** Its first segment has come; there are no counts yet. */
        BEGUN,
        /** Nothing more is expected of it. */
        ENDED,
        /** The job's input has ended, which says nothing about the channel. */
        CUT_OFF
    }

    public CallChannel channel;
    public Kind kind;

    /** Where the channel begins on the call's clock, samples at 16 kHz. */
    public long startSample;
    /** Where it ends, exclusive. */
    public long endSample;
    /** Length of the sound that was decoded, by the samples of the segments, in samples at 16 kHz. */
    public long receivedSamples;
    /** Time without a segment within the channel. */
    public long missingSamples;
    /** Time of segments that could not be decoded. */
    public long refusedSamples;
    /** Segments that should have come before the first that came: its sequence number. */
    public long missingSegments;
    /** Length of the first segment with sound. */
    public long segmentSamples;

    public CountedSound() {}

    public static CountedSound begun(CallChannel channel, long startSample) {
        CountedSound counted = new CountedSound();
        counted.channel = channel;
        counted.kind = Kind.BEGUN;
        counted.startSample = startSample;
        counted.endSample = startSample;
        return counted;
    }

    public CallKey callKey() {
        return channel.callKey();
    }

    @Override
    public String toString() {
        return kind + " " + channel + " [" + startSample + ", " + endSample + "): " + receivedSamples + " received, "
                + missingSamples + " missing, " + refusedSamples + " refused";
    }
}
