package io.amanuensis.operators.decodeaudio;

import io.amanuensis.operators.decodeaudio.BitReader.EndException;
import java.util.Arrays;

/** The samples of one channel in one frame of a FLAC file: a constant, as they are, or what differs from a prediction. */
final class FlacSubframe {
    private static final int MAX_FIXED_ORDER = 4;

    /** Weights of the samples before, the last first: differences of growing order. */
    private static final int[][] FIXED = {{}, {1}, {2, -1}, {3, -3, 1}, {4, -6, 4, -1}};

    private final BitReader in;
    private final int sampleBits;

    /** @param in at the subframe's beginning, later behind its end */
    FlacSubframe(BitReader in, int sampleBits) {
        this.in = in;
        this.sampleBits = sampleBits;
    }

    /** @param block samples of the frame */
    long[] decode(int block) throws EndException, RejectedAudioException {
        if (in.bits(1) != 0) {
            throw FlacFile.invalid("has a damaged subframe at byte %d".formatted(in.byteAt()));
        }
        int type = (int) in.bits(6);
        int wasted = in.bits(1) == 0 ? 0 : 1 + in.unary();
        int bits = sampleBits - wasted;
        if (bits < 1) {
            throw FlacFile.invalid("has a subframe of no bits at byte %d".formatted(in.byteAt()));
        }
        long[] decoded = new long[block];
        if (type == 0) {
            Arrays.fill(decoded, in.signedBits(bits));
        } else if (type == 1) {
            for (int i = 0; i < block; i++) {
                decoded[i] = in.signedBits(bits);
            }
        } else if (type >= 8 && type <= 8 + MAX_FIXED_ORDER) {
            predicted(decoded, bits, FIXED[type - 8], 0);
        } else if (type >= 32) {
            linear(decoded, bits, type - 31);
        } else {
            throw FlacFile.invalid("has a subframe of reserved type %d at byte %d".formatted(type, in.byteAt()));
        }
        for (int i = 0; i < block; i++) {
            decoded[i] <<= wasted;
        }
        return decoded;
    }

    private void linear(long[] decoded, int bits, int order) throws EndException, RejectedAudioException {
        warmUp(decoded, bits, order);
        int precision = 1 + (int) in.bits(4);
        int shift = (int) in.signedBits(5);
        if (precision == 16 || shift < 0) {
            throw FlacFile.invalid("has a predictor of reserved form before byte %d".formatted(in.byteAt()));
        }
        int[] weights = new int[order];
        for (int i = 0; i < order; i++) {
            weights[i] = (int) in.signedBits(precision);
        }
        residual(decoded, order);
        predict(decoded, weights, shift);
    }

    private void predicted(long[] decoded, int bits, int[] weights, int shift)
            throws EndException, RejectedAudioException {
        warmUp(decoded, bits, weights.length);
        residual(decoded, weights.length);
        predict(decoded, weights, shift);
    }

    private void warmUp(long[] decoded, int bits, int order) throws EndException, RejectedAudioException {
        if (order > decoded.length) {
            throw FlacFile.invalid("has a predictor longer than its frame before byte %d".formatted(in.byteAt()));
        }
        for (int i = 0; i < order; i++) {
            decoded[i] = in.signedBits(bits);
        }
    }

    private static void predict(long[] decoded, int[] weights, int shift) {
        for (int i = weights.length; i < decoded.length; i++) {
            long sum = 0;
            for (int j = 0; j < weights.length; j++) {
                sum += weights[j] * decoded[i - 1 - j];
            }
            decoded[i] += sum >> shift;
        }
    }

    /** Rice codes in partitions of equal length, each with a parameter of its own. */
    private void residual(long[] decoded, int order) throws EndException, RejectedAudioException {
        int method = (int) in.bits(2);
        int partitionBits = (int) in.bits(4);
        int partition = decoded.length >> partitionBits;
        if (method > 1 || partition << partitionBits != decoded.length || partition < order) {
            throw FlacFile.invalid("has a residual of reserved form before byte %d".formatted(in.byteAt()));
        }
        int parameterBits = method == 0 ? 4 : 5;
        int escape = (1 << parameterBits) - 1;
        for (int begin = 0; begin < decoded.length; begin += partition) {
            int parameter = (int) in.bits(parameterBits);
            int rawBits = parameter == escape ? (int) in.bits(5) : 0;
            for (int i = Math.max(begin, order); i < begin + partition; i++) {
                if (parameter == escape) {
                    decoded[i] = rawBits == 0 ? 0 : in.signedBits(rawBits);
                } else {
                    long folded = (long) in.unary() << parameter | in.bits(parameter);
                    decoded[i] = folded >>> 1 ^ -(folded & 1);
                }
            }
        }
    }
}
