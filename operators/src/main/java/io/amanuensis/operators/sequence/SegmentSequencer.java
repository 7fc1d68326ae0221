package io.amanuensis.operators.sequence;

import io.amanuensis.operators.element.Segment;
import io.amanuensis.schemas.DeadLetterCause;

/**
 * Puts the segments of one channel in order. Within an epoch they leave by ascending sequence, each once; a missing one is
 * waited for until a later record of the channel is {@code gapWait} younger than the first that had to wait, or until too
 * many wait. Then its place is given up: a gap. An epoch begins at sequence 0, so a channel that is first seen in its middle
 * waits the same way before it starts there.
 *
 * <p>What is refused: an epoch lower than the channel's (STALE_EPOCH), a segment whose place was given up (LATE_SEGMENT), one
 * behind the last of its epoch (INVALID_SEGMENT), and another segment of a number that has come (OVERLAPPING_AUDIO), as of a second
 * producer. A second copy of a segment is dropped and counted.
 *
 * <p>A channel of which nothing comes for {@code callIdleTimeout} ends as if its last segment had said so. Its place in the order is
 * kept: what comes after all goes on behind it, and begins the channel anew for the stages behind.
 *
 * <p>Knows no clock but the record timestamps it is shown, so that a replay decides as the first run did.
 */
final class SegmentSequencer {
    /** Why a gap was given up. */
    enum GapReason {
        /** A record of the channel is young enough. */
        RECORD_CLOCK,
        /** Nothing more arrived: the wall clock decided. */
        WALL_CLOCK,
        /** Too many segments or bytes wait. */
        FULL,
        /** A higher epoch, the end of the input or of the channel's lifetime. */
        CLOSED
    }

    /** Keeps the segments of the current channel that wait. */
    interface Pending {
        void put(Segment segment) throws Exception;

        /** @param sequence of a segment that was put and not yet taken */
        Segment get(long sequence) throws Exception;

        /** @param sequence of a segment that was put and not yet taken */
        Segment take(long sequence) throws Exception;
    }

    /** Where decisions go. */
    interface Output {
        void emit(Segment segment);

        void reject(Segment segment, DeadLetterCause cause, String message);

        void duplicate(Segment segment);

        /** Nothing came for the idle timeout: the stages behind are told that the channel has ended. */
        void idle(Segment end, boolean byWallClock);

        void early(Segment segment);

        /** Sequences {@code first} to {@code last} are given up; {@code next} follows. */
        void gap(long first, long last, Segment next, GapReason reason);
    }

    private final SequenceSettings settings;
    private final Pending pending;
    private final Output output;

    SegmentSequencer(SequenceSettings settings, Pending pending, Output output) {
        this.settings = settings;
        this.pending = pending;
        this.output = output;
    }

    void accept(ChannelOrder order, Segment segment) throws Exception {
        if (order.open
                && segment.recordTimestampMs - order.recordMs
                        >= settings.callIdleTimeout().toMillis()) {
            endIdle(order, false);
        }
        order.recordMs = Math.max(order.recordMs, segment.recordTimestampMs);
        int epoch = segment.channel.streamEpoch;
        if (epoch < order.streamEpoch) {
            output.reject(
                    segment,
                    DeadLetterCause.STALE_EPOCH,
                    "stream epoch %d, but epoch %d of this channel has begun".formatted(epoch, order.streamEpoch));
        } else {
            if (epoch > order.streamEpoch) {
                giveUpAll(order, GapReason.CLOSED);
                order.beginEpoch(epoch);
            }
            place(order, segment);
        }
        while (order.waiting()
                && segment.recordTimestampMs - order.pending.earliestMs()
                        >= settings.gapWait().toMillis()) {
            giveUp(order, GapReason.RECORD_CLOCK);
        }
    }

    /** Ends a channel that is open. */
    void endIdle(ChannelOrder order, boolean byWallClock) throws Exception {
        giveUpAll(order, GapReason.CLOSED);
        if (order.open) {
            order.open = false;
            output.idle(order.end(), byWallClock);
        }
    }

    /** Hands out all that waits. */
    void giveUpAll(ChannelOrder order, GapReason reason) throws Exception {
        while (order.waiting()) {
            giveUp(order, reason);
        }
    }

    /** Gives up the first gap and hands out what waits behind it, up to the next gap. Some segment must wait. */
    void giveUp(ChannelOrder order, GapReason reason) throws Exception {
        long first = order.nextSequence;
        Segment next = takeLowest(order);
        order.gaps.add(first, next.sequence - 1);
        output.gap(first, next.sequence - 1, next, reason);
        handOut(order, next);
        handOutPending(order);
    }

    private void place(ChannelOrder order, Segment segment) throws Exception {
        if (segment.sequence < order.nextSequence) {
            if (order.gaps.mayContain(segment.sequence)) {
                output.reject(
                        segment,
                        DeadLetterCause.LATE_SEGMENT,
                        "sequence %d was given up as missing, the channel is at %d. Raise the gap wait if producers may be this late"
                                .formatted(segment.sequence, order.nextSequence));
            } else {
                dropCopy(segment, order.recent.contradicts(segment, order.nextSequence));
            }
        } else if (order.ended) {
            rejectBehindEnd(order, segment);
        } else if (segment.sequence == order.nextSequence) {
            handOut(order, segment);
            handOutPending(order);
        } else if (order.pending.contains(segment.sequence)) {
            Segment first = pending.get(segment.sequence);
            dropCopy(segment, RecentSound.checksum(first) != RecentSound.checksum(segment));
        } else {
            output.early(segment);
            keep(order, segment);
        }
    }

    private void dropCopy(Segment segment, boolean contradicts) {
        if (contradicts) {
            output.reject(
                    segment,
                    DeadLetterCause.OVERLAPPING_AUDIO,
                    "another segment of sequence %d and of other sound came before. If two producers send this channel, give each a streamEpoch of its own"
                            .formatted(segment.sequence));
        } else {
            output.duplicate(segment);
        }
    }

    private void keep(ChannelOrder order, Segment segment) throws Exception {
        pending.put(segment);
        order.pending.add(segment.sequence, segment.recordTimestampMs, segment.payload.length);
        while (order.pending.count() > settings.maxPendingSegments()
                || order.pending.bytes > settings.maxPendingBytes()) {
            giveUp(order, GapReason.FULL);
        }
    }

    private void handOut(ChannelOrder order, Segment segment) {
        order.handedOut(segment);
        output.emit(segment);
    }

    private void handOutPending(ChannelOrder order) throws Exception {
        while (order.waiting() && !order.ended && order.pending.lowest() == order.nextSequence) {
            handOut(order, takeLowest(order));
        }
        while (order.waiting() && order.ended) {
            rejectBehindEnd(order, takeLowest(order));
        }
    }

    private Segment takeLowest(ChannelOrder order) throws Exception {
        Segment segment = pending.take(order.pending.lowest());
        order.pending.removeLowest(segment.payload.length);
        return segment;
    }

    private void rejectBehindEnd(ChannelOrder order, Segment segment) {
        output.reject(
                segment,
                DeadLetterCause.INVALID_SEGMENT,
                "sequence %d behind %d, the last of the channel. Raise streamEpoch to send more"
                        .formatted(segment.sequence, order.nextSequence - 1));
    }
}
