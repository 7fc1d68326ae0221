package io.amanuensis.operators.account;

import java.io.Serializable;
import java.time.Duration;

/**
 * When {@code account} takes a call for over.
 *
 * @param settleTime how long nothing may come after the end of every channel before the call's record is published; channels
 *     of a call that begin or end at different times are then one record and not several revisions
 * @param timeToLive after this long without news a call that never ended is published as it is, and any call is forgotten
 */
public record AccountSettings(Duration settleTime, Duration timeToLive) implements Serializable {
    private static final long serialVersionUID = 1;

    public AccountSettings {
        if (settleTime.isNegative()) {
            throw new IllegalArgumentException("settleTime is %s, must not be negative".formatted(settleTime));
        }
        if (timeToLive.compareTo(settleTime) <= 0) {
            throw new IllegalArgumentException(
                    "timeToLive %s is not longer than settleTime %s".formatted(timeToLive, settleTime));
        }
    }
}
