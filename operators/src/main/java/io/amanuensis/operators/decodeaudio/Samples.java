package io.amanuensis.operators.decodeaudio;

/** Sample arithmetic. */
final class Samples {
    private Samples() {}

    /** Rounds to nearest and clips. */
    static short toShort(float sample) {
        return (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(sample)));
    }
}
