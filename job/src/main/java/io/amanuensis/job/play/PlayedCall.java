package io.amanuensis.job.play;

import java.util.ArrayList;
import java.util.List;

/**
 * What became of the segments of a call. Every segment of the recording was sent or is in {@link #lost}.
 *
 * @param startEpochMs the zero of the call's clock
 * @param segments of the recording, all channels
 * @param sent at least once
 * @param lost never sent, in the order in which they were spoken
 * @param duplicated sent twice, in the order in which they were spoken
 * @param restarts of the producer, in their order
 */
public record PlayedCall(
        String tenant,
        String callId,
        long startEpochMs,
        List<Channel> channels,
        long segments,
        long sent,
        List<Piece> lost,
        List<Piece> duplicated,
        List<Restart> restarts) {

    /** @param endMs where the channel's sound ends on the call's clock */
    public record Channel(int channel, long endMs) {}

    /**
     * The sound of a segment on the call's clock.
     *
     * @param streamEpoch and {@code sequence}: as they were sent, or would have been
     */
    public record Piece(int channel, int streamEpoch, long sequence, long startMs, long endMs) {}

    /**
     * @param streamEpoch that begins with it
     * @param startMs of the first segments that are sent with that epoch
     */
    public record Restart(int streamEpoch, long startMs) {}

    /** The lost pieces of a channel as stretches of time, neighbours joined. */
    public List<Stretch> lostStretches(int channel) {
        List<Stretch> stretches = new ArrayList<>();
        for (Piece piece : lost) {
            if (piece.channel != channel) {
                continue;
            }
            Stretch last = stretches.isEmpty() ? null : stretches.get(stretches.size() - 1);
            if (last != null && last.endMs == piece.startMs) {
                stretches.set(stretches.size() - 1, new Stretch(last.startMs, piece.endMs));
            } else {
                stretches.add(new Stretch(piece.startMs, piece.endMs));
            }
        }
        return stretches;
    }

    /** From one time of the call's clock to another, ms. */
    public record Stretch(long startMs, long endMs) {}
}
