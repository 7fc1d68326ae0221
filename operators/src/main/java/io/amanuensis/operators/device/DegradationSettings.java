package io.amanuensis.operators.device;

import java.io.Serializable;
import java.time.Duration;

/**
 * How {@link Degradation} answers strain.
 *
 * @param deepest the level that it goes down to at most: 2 (not at all), 3 or 4
 * @param strains in a row that lead a step down
 * @param waitMost a window that has waited longer is a strain
 * @param stable time without strain that leads a step up
 */
public record DegradationSettings(int deepest, int strains, Duration waitMost, Duration stable)
        implements Serializable {

    public DegradationSettings {
        if (deepest < 2 || deepest > 4) {
            throw new IllegalArgumentException("deepest is " + deepest + ", must be 2 to 4");
        }
        if (strains < 1) {
            throw new IllegalArgumentException("strains is " + strains + ", must be at least 1");
        }
        if (waitMost.toMillis() < 1) {
            throw new IllegalArgumentException("waitMost is " + waitMost + ", must be at least 1 ms");
        }
        if (stable.toMillis() < 1) {
            throw new IllegalArgumentException("stable is " + stable + ", must be at least 1 ms");
        }
    }
}
