package io.amanuensis.operators.element;

/**
 * A stretch of a channel that {@code find-speech} has judged, announced to {@code assemble}. The spans of a run of a channel, from
 * its beginning or from where it went on after an END, follow one another without holes and are numbered one by one, so that
 * nothing of a call is forgotten: each SPEECH span is answered by one {@link WindowOutcome} of the same index. The first has the number
 * of its first sample: so no two runs of a channel and epoch share a number.
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
    /** Position among the spans of its run. */
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

    /**
     * Whether it is the first of its run; behind one of a single sample, which there is no reason for, the next would say so too. State of
     * versions that numbered every run from 0 has runs whose first span is 0 wherever it begins.
     */
    public boolean beginsRun() {
        return index == startSample || index == 0;
    }

    public CallKey callKey() {
        return channel.callKey();
    }

    @Override
    public String toString() {
        return kind + " " + channel + " #" + index + " [" + startSample + ", " + endSample + ")";
    }
}
