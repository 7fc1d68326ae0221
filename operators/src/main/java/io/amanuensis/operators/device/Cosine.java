package io.amanuensis.operators.device;

/** How alike two encoder outputs are. */
public final class Cosine {
    private Cosine() {}

    /**
     * The cosine of the angle between two vectors of bf16, little-endian: 1 if they are equal but for their length. 0 if one is all
     * zeros and the other is not, or if a number in them is NaN or infinite.
     */
    public static double ofBf16(byte[] left, byte[] right) {
        if (left.length != right.length) {
            throw new IllegalArgumentException(
                    "encoder outputs of %d and %d bytes cannot be compared".formatted(left.length, right.length));
        }
        double dot = 0;
        double leftSquares = 0;
        double rightSquares = 0;
        for (int i = 0; i < left.length; i += Short.BYTES) {
            double a = bf16(left, i);
            double b = bf16(right, i);
            dot += a * b;
            leftSquares += a * a;
            rightSquares += b * b;
        }
        if (leftSquares == 0 && rightSquares == 0) {
            return 1;
        }
        double cosine = dot / Math.sqrt(leftSquares * rightSquares);
        return Double.isFinite(cosine) ? cosine : 0;
    }

    private static float bf16(byte[] bytes, int at) {
        return Float.intBitsToFloat((bytes[at + 1] & 0xFF) << 24 | (bytes[at] & 0xFF) << 16);
    }
}
