package io.amanuensis.operators.microbatch;

import java.io.Serializable;
import java.time.Duration;

/**
 * How a {@link MicroBatchOperator} gathers elements.
 *
 * @param maxBatchSize elements in a batch, at most
 * @param maxWait how long the first element of a batch waits for company
 * @param maxInFlight elements between arrival and emission; with one more the operator waits. At least two batches, so that
 *     one fills while another is computed
 * @param maxInFlightBytes bytes of those elements as they go into checkpoints; with more than these the operator waits, unless
 *     it is a single element
 */
public record MicroBatchSettings(int maxBatchSize, Duration maxWait, int maxInFlight, long maxInFlightBytes)
        implements Serializable {

    public MicroBatchSettings {
        if (maxBatchSize < 1) {
            throw new IllegalArgumentException("maxBatchSize is " + maxBatchSize + ", must be at least 1");
        }
        if (maxWait.isNegative()) {
            throw new IllegalArgumentException("maxWait is " + maxWait + ", must not be negative");
        }
        if (maxInFlight < 2 * maxBatchSize) {
            throw new IllegalArgumentException(
                    "maxInFlight is " + maxInFlight + ", must be at least twice maxBatchSize, " + 2 * maxBatchSize);
        }
        if (maxInFlightBytes < 1) {
            throw new IllegalArgumentException("maxInFlightBytes is " + maxInFlightBytes + ", must be at least 1");
        }
    }

    /** What an operator with these settings may hold. */
    public InFlightBounds bounds() {
        return new InFlightBounds(maxInFlight, maxInFlightBytes);
    }
}
