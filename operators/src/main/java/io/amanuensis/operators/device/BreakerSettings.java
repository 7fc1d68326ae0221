package io.amanuensis.operators.device;

import java.io.Serializable;
import java.time.Duration;

/**
 * When a {@link Breaker} opens and closes.
 *
 * @param failures in a row that open it
 * @param openTime without a call before it is tried again
 * @param probes calls that are let through then, and that must all succeed to close it
 */
public record BreakerSettings(int failures, Duration openTime, int probes) implements Serializable {
    public static final BreakerSettings DEFAULT = new BreakerSettings(5, Duration.ofSeconds(60), 3);

    public BreakerSettings {
        if (failures < 1) {
            throw new IllegalArgumentException("failures is " + failures + ", must be at least 1");
        }
        if (openTime.toMillis() < 1) {
            throw new IllegalArgumentException("openTime is " + openTime + ", must be at least 1 ms");
        }
        if (probes < 1) {
            throw new IllegalArgumentException("probes is " + probes + ", must be at least 1");
        }
    }
}
