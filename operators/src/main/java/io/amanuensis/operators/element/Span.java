package io.amanuensis.operators.element;

/**
 * A stretch of a channel that {@code find-speech} has judged, announced to {@code assemble}. The spans of a channel and epoch
 * are numbered from 0 and follow one another without holes, so that nothing of a call is forgotten: each SPEECH span
 * is answered by one {@link WindowOutcome} of the same index.
 */
public final class Span {
    /** What a stretch of a channel holds. */
    public enum Kind {
        /** A window is on its way to the speech engine. */
        SPEECH,
        /** The detector asserts that nobody speaks. */
        NON_SPEECH,
        /** The sound never arrived. */
        GAP,
        /** Of no length: nothing of this channel and epoch follows. */
        END,
        /** Segments arrived that could not be decoded: they are dead letters. */
        REFUSED
    }

    public CallChannel channel;
    /** Position among the spans of the channel and epoch, from 0. */
    public long index;

    public Kind kind;
    /** On the call's clock, samples at 16 kHz; the end is exclusive. */
    public long startSample;

    public long endSample;

    public Span() {}

    public Span(CallChannel channel, long index, Kind kind, long startSample, long endSample) {
        this.channel = channel;
        this.index = index;
        this.kind = kind;
        this.startSample = startSample;
        this.endSample = endSample;
    }

    public CallKey callKey() {
        return channel.callKey();
    }

    @Override
    public String toString() {
        return kind + " " + channel + " #" + index + " [" + startSample + ", " + endSample + ")";
    }
}
