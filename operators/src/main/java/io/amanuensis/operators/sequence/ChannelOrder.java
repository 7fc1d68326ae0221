package io.amanuensis.operators.sequence;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.schemas.AudioEncoding;

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

    /** Whether the stages behind hold the channel open: a segment has been handed out and no end behind it. */
    public boolean open;
    /** Of the last segment handed out, as are the next two. Null before the first. */
    public CallChannel channel;

    public OffsetRange origin;
    public long startMs;
    /** Youngest timestamp of the channel's Kafka records. */
    public long recordMs;

    public RecentSound recent = new RecentSound();

    /** When it is next seen to whether the channel is idle, processing time; 0: not at all. */
    public long idleTimerMs;

    public ChannelOrder() {}

    ChannelOrder(int streamEpoch) {
        this.streamEpoch = streamEpoch;
    }

    boolean waiting() {
        return pending.count() > 0;
    }

    void handedOut(Segment segment) {
        nextSequence = segment.sequence + 1;
        ended = segment.lastOfChannel;
        open = !segment.lastOfChannel;
        channel = segment.channel;
        origin = segment.origin;
        startMs = segment.startMs;
        recent.handedOut(segment);
    }

    /** What the producer would have sent if it had known that nothing follows. There must have been a segment. */
    Segment end() {
        Segment end = new Segment();
        end.channel = channel;
        end.sequence = nextSequence;
        end.startMs = startMs;
        end.encoding = AudioEncoding.UNKNOWN;
        end.payload = new byte[0];
        end.lastOfChannel = true;
        end.origin = origin;
        end.recordTimestampMs = recordMs;
        return end;
    }

    /** Nothing may be pending. */
    void beginEpoch(int epoch) {
        streamEpoch = epoch;
        nextSequence = 0;
        ended = false;
        gaps = new DeclaredGaps();
        recent = new RecentSound();
    }
}
