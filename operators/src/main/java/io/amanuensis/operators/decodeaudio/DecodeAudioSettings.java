package io.amanuensis.operators.decodeaudio;

import java.io.Serializable;
import java.time.Duration;

/**
 * How {@code decode-audio} keeps a channel's clock.
 *
 * @param clockTolerance how far a segment's {@code startMs} may lie from the sound counted so far and still continue it
 * @param idleTimeout after this long without a segment a channel is over, as if its last segment had said so
 */
public record DecodeAudioSettings(Duration clockTolerance, Duration idleTimeout) implements Serializable {
    private static final long serialVersionUID = 1;

    public static final DecodeAudioSettings DEFAULT =
            new DecodeAudioSettings(Duration.ofMillis(20), Duration.ofHours(24));

    public DecodeAudioSettings {
        if (clockTolerance.isNegative()) {
            throw new IllegalArgumentException("clockTolerance is %s, must not be negative".formatted(clockTolerance));
        }
        if (idleTimeout.toMillis() <= 0) {
            throw new IllegalArgumentException("idleTimeout is %s, must be at least 1 ms".formatted(idleTimeout));
        }
    }
}
