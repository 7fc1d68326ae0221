package io.amanuensis.operators.findspeech;

import io.amanuensis.operators.element.PcmChunk;
import java.io.Serializable;

/**
 * How utterances are followed while they are spoken.
 *
 * @param enabled false: not at all
 * @param intervalMs sound between two positions of a channel at which an utterance under way is handed on; positions are
 *     multiples of it on the call's clock
 * @param maxPieceMs longest stretch of an utterance that is handed on again and again: what is spent on an utterance grows with its
 *     length and not with the square of it
 */
public record FollowSettings(boolean enabled, int intervalMs, int maxPieceMs) implements Serializable {
    private static final long serialVersionUID = 1;

    /** Long enough that a cut is rare: few people speak for ten seconds without a pause. */
    public static final int DEFAULT_PIECE_MS = 10_000;

    public static final FollowSettings OFF = new FollowSettings(false, 1000, DEFAULT_PIECE_MS);

    public FollowSettings {
        if (intervalMs < 100 || intervalMs > 30_000) {
            throw new IllegalArgumentException("intervalMs is " + intervalMs + ", must be 100 to 30000");
        }
        if (maxPieceMs < 4000) {
            throw new IllegalArgumentException("maxPieceMs is " + maxPieceMs + ", must be at least 4000");
        }
    }

    long intervalSamples() {
        return (long) intervalMs * PcmChunk.SAMPLES_PER_MS;
    }
}
