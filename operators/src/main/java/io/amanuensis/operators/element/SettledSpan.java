package io.amanuensis.operators.element;

/**
 * What became of a {@link Span}: the news from {@code assemble} to {@code account}, for each channel and epoch in the order
 * of its spans; and from {@code amend} in any order.
 */
public final class SettledSpan {
    /** What it became. */
    public enum Kind {
        /** {@link #turn} was published; null where a neighbour at a seam published all words of the window. */
        TEXT,
        /** The detector heard nobody. */
        SILENT_TO_DETECTOR,
        /** The model heard nobody. */
        SILENT_TO_MODEL,
        /** The guard suppressed the text. */
        SUPPRESSED,
        /** The sound never arrived. */
        GAP,
        /** A window that failed, or segments that could not be decoded. */
        DEAD_LETTER,
        /** Of no length: nothing of this channel and epoch follows. */
        END
    }

    public CallChannel channel;
    public Kind kind;
    /** On the call's clock, samples at 16 kHz; the end is exclusive. */
    public long startSample;

    public long endSample;
    /** Null unless TEXT. */
    public SpokenTurn turn;
    /** Was a DEAD_LETTER before: a window that was parked and has been transcribed since. */
    public boolean replayed;

    public SettledSpan() {}

    public SettledSpan(Span span, Kind kind, SpokenTurn turn) {
        this.channel = span.channel;
        this.kind = kind;
        this.startSample = span.startSample;
        this.endSample = span.endSample;
        this.turn = turn;
    }

    public CallKey callKey() {
        return channel.callKey();
    }

    @Override
    public String toString() {
        return kind + " " + channel + " [" + startSample + ", " + endSample + ")";
    }
}
