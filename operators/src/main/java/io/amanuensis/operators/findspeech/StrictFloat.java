package io.amanuensis.operators.findspeech;

/**
 * Logarithm and logistic curve out of additions, multiplications and divisions alone. {@link Math} may differ in the last bit
 * between machines, and a detector's answer must not.
 */
final class StrictFloat {
    private static final float LOG2_E = 1.442695f;
    private static final float LN_2 = 0.6931472f;
    private static final float SQRT_2 = 1.4142135f;
    private static final int MANTISSA_BITS = 23;
    private static final int MANTISSA = (1 << MANTISSA_BITS) - 1;
    private static final int EXPONENT_BIAS = 127;
    private static final float LARGEST_EXPONENT = 126;

    private StrictFloat() {}

    /** Binary logarithm of a positive normal number, within 1e-6. ln m = 2 artanh((m - 1) / (m + 1)). */
    static float log2(float x) {
        int bits = Float.floatToRawIntBits(x);
        int exponent = (bits >>> MANTISSA_BITS) - EXPONENT_BIAS;
        float mantissa = Float.intBitsToFloat(bits & MANTISSA | EXPONENT_BIAS << MANTISSA_BITS);
        if (mantissa > SQRT_2) {
            mantissa *= 0.5f;
            exponent++;
        }
        float s = (mantissa - 1) / (mantissa + 1);
        float square = s * s;
        float artanh = s * (1 + square * (1 / 3f + square * (1 / 5f + square * (1 / 7f))));
        return exponent + 2 * LOG2_E * artanh;
    }

    /** 1 / (1 + exp(-x)), within 1e-6. */
    static float logistic(float x) {
        return 1 / (1 + exp2(-x * LOG2_E));
    }

    static float tanh(float x) {
        return 2 * logistic(2 * x) - 1;
    }

    /** 2^x by a power of two and the exponential series of the rest. */
    private static float exp2(float x) {
        float limited = Math.max(-LARGEST_EXPONENT, Math.min(LARGEST_EXPONENT, x));
        int whole = (int) (limited + 1024.5f) - 1024;
        float rest = (limited - whole) * LN_2;
        float series = 1 + rest * (1 + rest / 2 * (1 + rest / 3 * (1 + rest / 4 * (1 + rest / 5 * (1 + rest / 6)))));
        return series * Float.intBitsToFloat(whole + EXPONENT_BIAS << MANTISSA_BITS);
    }
}
