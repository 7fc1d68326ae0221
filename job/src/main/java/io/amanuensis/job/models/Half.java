package io.amanuensis.job.models;

/** IEEE 754 half precision: sign, 5 bits of exponent, 10 of fraction. */
final class Half {
    private static final int FRACTION_BITS = 10;
    private static final int EXPONENT_BIAS = 15;
    private static final int FLOAT_FRACTION_BITS = 23;
    private static final int SIGN = 0x8000;
    private static final int INFINITY = 0x7C00;

    /** Numbers below 2 to this power are subnormal. */
    private static final int LEAST_EXPONENT = 1 - EXPONENT_BIAS;

    private Half() {}

    /** The nearest half, of two equally near ones that with an even fraction; too large a number becomes infinite. */
    static short of(float value) {
        if (Float.isNaN(value)) {
            throw new IllegalArgumentException("a weight is not a number");
        }
        int sign = value < 0 ? SIGN : 0;
        float magnitude = Math.abs(value);
        int exponent = Math.max(Math.getExponent(magnitude), LEAST_EXPONENT);
        if (exponent > EXPONENT_BIAS) {
            return (short) (sign | INFINITY);
        }
        // In units of the last place; exact, as both factors' product is a float. Rounding may carry into the exponent.
        int units = (int) Math.rint(Math.scalb((double) magnitude, FRACTION_BITS - exponent));
        return (short) (sign | (units + (exponent - LEAST_EXPONENT << FRACTION_BITS)));
    }
}
