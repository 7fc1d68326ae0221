package io.amanuensis.operators.microbatch;

import java.io.Serializable;
import java.time.Duration;

/**
 * What a {@link YieldingOperator} holds, and for how long.
 *
 * @param maxBatchSize elements in a batch, at most
 * @param maxWaiting elements that wait for their batch; with one more the oldest is dropped
 * @param maxWaitingBytes bytes of those as they go into checkpoints; likewise
 * @param patience an element that has waited longer is dropped
 */
public record YieldSettings(int maxBatchSize, int maxWaiting, long maxWaitingBytes, Duration patience)
        implements Serializable {

    public YieldSettings {
        if (maxBatchSize < 1) {
            throw new IllegalArgumentException("maxBatchSize is " + maxBatchSize + ", must be at least 1");
        }
        if (maxWaiting < maxBatchSize) {
            throw new IllegalArgumentException(
                    "maxWaiting is " + maxWaiting + ", must be at least maxBatchSize, " + maxBatchSize);
        }
        if (maxWaitingBytes < 1) {
            throw new IllegalArgumentException("maxWaitingBytes is " + maxWaitingBytes + ", must be at least 1");
        }
        if (patience.toMillis() < 1) {
            throw new IllegalArgumentException("patience is " + patience + ", must be at least 1 ms");
        }
    }
}
