package io.amanuensis.operators.decodeaudio;

/** Sample arithmetic. */
final class Samples {
    private Samples() {}

    /** Rounds to nearest and clips. */
    static short toShort(float sample) {
        float clipped = Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, sample));
        // Math.round takes twice as long. The sum is exact and not negative, so that cutting off its fraction rounds
        // down.
        return (short) ((int) (clipped + 32_768.5) - 32_768);
    }
}
