package io.amanuensis.operators.fetch;

import java.io.Serializable;
import java.time.Duration;

/**
 * How payloads are read by reference.
 *
 * @param allowed where from; empty: not at all
 * @param maxBytes of a file
 * @param timeout of a file
 */
public record FetchSettings(AllowedPrefixes allowed, int maxBytes, Duration timeout) implements Serializable {
    private static final long serialVersionUID = 1;

    /** Files read at once by a subtask. */
    public static final int PARALLEL_READS = 4;

    public FetchSettings {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes is " + maxBytes + ", must be positive");
        }
        if (timeout.toMillis() < 1) {
            throw new IllegalArgumentException("timeout is " + timeout + ", must be at least 1 ms");
        }
    }
}
