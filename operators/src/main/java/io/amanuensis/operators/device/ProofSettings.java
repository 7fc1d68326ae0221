package io.amanuensis.operators.device;

import java.io.Serializable;

/**
 * How the device is proved.
 *
 * @param fraction of the windows that are encoded again on the CPU, 0 to 1
 * @param gate cosine of the two encoder outputs below which the device is not to be trusted, 0 to 1
 */
public record ProofSettings(double fraction, double gate) implements Serializable {
    public static final ProofSettings NONE = new ProofSettings(0, 0.999);

    public ProofSettings {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("fraction is " + fraction + ", must be 0 to 1");
        }
        if (!(gate >= 0 && gate <= 1)) {
            throw new IllegalArgumentException("gate is " + gate + ", must be 0 to 1");
        }
    }

    /** A function of the window's id alone: after a restart the same windows are proved. @param id hex digits, 8 or more */
    public boolean isSampled(String id) {
        return Long.parseLong(id, 0, 8, 16) < fraction * (1L << 32);
    }
}
