package io.amanuensis.operators.sequence;

import java.io.Serializable;
import java.time.Duration;

/**
 * How {@code sequence} waits.
 *
 * @param gapWait how long a missing segment is waited for, on the clock of the channel's Kafka record timestamps
 * @param maxPendingSegments segments that may wait behind a missing one, per channel; one more, and the gap is declared at once
 * @param maxPendingBytes the same for the sum of their payloads
 * @param callIdleTimeout after this long without a segment a channel has ended, on the clock of its partition's record timestamps
 * @param timeToLive after this long without a segment a channel is forgotten, and what comes then is taken for another's beginning
 */
public record SequenceSettings(
        Duration gapWait, int maxPendingSegments, long maxPendingBytes, Duration callIdleTimeout, Duration timeToLive)
        implements Serializable {
    private static final long serialVersionUID = 1;

    /** 240 segments of 250 ms are a minute. */
    public static final SequenceSettings DEFAULT =
            new SequenceSettings(Duration.ofSeconds(5), 240, 16L << 20, Duration.ofMinutes(5), Duration.ofHours(24));

    public SequenceSettings {
        requirePositive("gapWait", gapWait.toMillis(), gapWait + "");
        requirePositive("maxPendingSegments", maxPendingSegments, maxPendingSegments + "");
        requirePositive("maxPendingBytes", maxPendingBytes, maxPendingBytes + "");
        if (callIdleTimeout.compareTo(gapWait) <= 0) {
            throw new IllegalArgumentException(
                    "callIdleTimeout %s is not longer than gapWait %s: a channel would end while it waits"
                            .formatted(callIdleTimeout, gapWait));
        }
        if (timeToLive.compareTo(callIdleTimeout) < 0) {
            throw new IllegalArgumentException(
                    "timeToLive %s is shorter than callIdleTimeout %s: a channel would be forgotten before it ends"
                            .formatted(timeToLive, callIdleTimeout));
        }
    }

    private static void requirePositive(String name, long value, String written) {
        if (value <= 0) {
            throw new IllegalArgumentException("%s is %s, must be positive".formatted(name, written));
        }
    }
}
