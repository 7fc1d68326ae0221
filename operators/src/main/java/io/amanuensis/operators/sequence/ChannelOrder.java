package io.amanuensis.operators.sequence;

/** How far one channel has been put in order: keyed state. */
public final class ChannelOrder {
    public int streamEpoch;
    /** The next segment to hand out. */
    public long nextSequence;
    /** The last segment of the epoch has been handed out. */
    public boolean ended;

    public DeclaredGaps gaps = new DeclaredGaps();
    /** The segments that wait for {@link #nextSequence}. */
    public PendingIndex pending = new PendingIndex();

    public ChannelOrder() {}

    ChannelOrder(int streamEpoch) {
        this.streamEpoch = streamEpoch;
    }

    boolean waiting() {
        return pending.count() > 0;
    }

    /** Nothing may be pending. */
    void beginEpoch(int epoch) {
        streamEpoch = epoch;
        nextSequence = 0;
        ended = false;
        gaps = new DeclaredGaps();
    }
}
