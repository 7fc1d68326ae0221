package io.amanuensis.operators.decodeaudio;

import io.amanuensis.operators.decodeaudio.BitReader.EndException;
import io.amanuensis.schemas.DeadLetterCause;
import java.util.Arrays;

/**
 * Decoder of a whole FLAC file in memory (RFC 9639): mono, 4 to 24 bits. Every frame's check sums are verified, and the number of
 * samples where the file states it.
 */
final class FlacFile {
    private static final long MAGIC = 0x664c6143; // fLaC
    private static final int STREAM_INFO = 0;
    private static final int STREAM_INFO_BYTES = 34;
    private static final int FRAME_SYNC = 0b11111111111110;
    private static final int FRAME_SYNC_BITS = 14;
    private static final int MAX_FIXED_ORDER = 4;
    private static final int CRC8_POLYNOMIAL = 0x07;
    private static final int CRC16_POLYNOMIAL = 0x8005;
    private static final int[] SAMPLE_BITS = {0, 8, 12, 0, 16, 20, 24, 32};

    private final byte[] bytes;
    private final BitReader in;
    private int sampleRateHz;
    private int sampleBits;
    private long statedSamples;
    private float[] samples = new float[0];
    private int count;

    private FlacFile(byte[] bytes) {
        this.bytes = bytes;
        this.in = new BitReader(bytes);
    }

    /** @throws RejectedAudioException if it is not such a file, is cut short, damaged, or longer than can be */
    static DecodedFile decode(byte[] bytes) throws RejectedAudioException {
        FlacFile file = new FlacFile(bytes);
        try {
            file.readMetadata();
            while (!file.in.atEnd()) {
                file.readFrame();
            }
        } catch (EndException e) {
            throw new RejectedAudioException(
                    DeadLetterCause.TRUNCATED_AUDIO,
                    "the FLAC file ends within a block, after %d samples".formatted(file.count));
        }
        if (file.statedSamples != 0 && file.statedSamples != file.count) {
            throw new RejectedAudioException(
                    DeadLetterCause.TRUNCATED_AUDIO,
                    "the FLAC header announces %d samples and %d follow".formatted(file.statedSamples, file.count));
        }
        return new DecodedFile(file.sampleRateHz, Arrays.copyOf(file.samples, file.count));
    }

    private void readMetadata() throws EndException, RejectedAudioException {
        if (bytes.length < 4 || in.bits(32) != MAGIC) {
            throw invalid("does not begin with 'fLaC'");
        }
        boolean last = false;
        for (boolean first = true; !last; first = false) {
            last = in.bits(1) == 1;
            int type = (int) in.bits(7);
            int length = (int) in.bits(24);
            if (first && (type != STREAM_INFO || length != STREAM_INFO_BYTES)) {
                throw invalid("has no STREAMINFO at its beginning");
            }
            if (first) {
                readStreamInfo();
            } else {
                in.skipBytes(length);
            }
        }
    }

    private void readStreamInfo() throws EndException, RejectedAudioException {
        in.skipBytes(10); // least and most samples and bytes of a frame
        sampleRateHz = (int) in.bits(20);
        int channels = 1 + (int) in.bits(3);
        sampleBits = 1 + (int) in.bits(5);
        statedSamples = in.bits(36);
        in.skipBytes(16); // MD5 of the samples; each frame has sums of its own
        DecodedFile.requireMono(channels);
        requireBits(sampleBits);
        DecodedFile.requireLength(statedSamples, sampleRateHz);
    }

    private void requireBits(int bits) throws RejectedAudioException {
        if (bits < 4 || bits > 24) {
            throw invalid("has samples of %d bits; 4 to 24 are read".formatted(bits));
        }
    }

    private void readFrame() throws EndException, RejectedAudioException {
        int begin = in.byteAt();
        if (in.bits(FRAME_SYNC_BITS) != FRAME_SYNC || in.bits(1) != 0) {
            throw invalid("has no frame where one must begin, at byte %d".formatted(begin));
        }
        in.bits(1); // whether frames are numbered or their first samples
        int blockCode = (int) in.bits(4);
        int rateCode = (int) in.bits(4);
        int channelCode = (int) in.bits(4);
        int bitsCode = (int) in.bits(3);
        in.bits(1);
        skipNumber();
        int block = blockSize(blockCode);
        int rate = frameRate(rateCode);
        int headerEnd = in.byteAt();
        requireSum("header", in.bits(8), crc(bytes, begin, headerEnd, 8, CRC8_POLYNOMIAL), begin);
        DecodedFile.requireMono(channelCode < 8 ? channelCode + 1 : 2);
        int bits = bitsCode == 0 ? sampleBits : SAMPLE_BITS[bitsCode];
        if (rate != sampleRateHz || bits != sampleBits) {
            throw invalid("changes its rate or its bits at byte %d".formatted(begin));
        }
        DecodedFile.requireLength((long) count + block, sampleRateHz);
        long[] decoded = subframe(block);
        in.alignToByte();
        int end = in.byteAt();
        requireSum("frame", in.bits(16), crc(bytes, begin, end, 16, CRC16_POLYNOMIAL), begin);
        append(decoded);
    }

    /** Of the frame or of its first sample: as UTF-8 writes characters, up to 36 bits. */
    private void skipNumber() throws EndException, RejectedAudioException {
        int first = (int) in.bits(8);
        int ones = Integer.numberOfLeadingZeros(~first << 24);
        if (ones == 1 || ones == 8) {
            throw invalid("has a frame without a number, before byte %d".formatted(in.byteAt()));
        }
        in.skipBytes(Math.max(0, ones - 1));
    }

    private int blockSize(int code) throws EndException, RejectedAudioException {
        return switch (code) {
            case 0 -> throw invalid("has a frame of no size, before byte %d".formatted(in.byteAt()));
            case 1 -> 192;
            case 2, 3, 4, 5 -> 144 << code;
            case 6 -> 1 + (int) in.bits(8);
            case 7 -> 1 + (int) in.bits(16);
            default -> 1 << code;
        };
    }

    private int frameRate(int code) throws EndException, RejectedAudioException {
        return switch (code) {
            case 0 -> sampleRateHz;
            case 1 -> 88_200;
            case 2 -> 176_400;
            case 3 -> 192_000;
            case 4 -> 8_000;
            case 5 -> 16_000;
            case 6 -> 22_050;
            case 7 -> 24_000;
            case 8 -> 32_000;
            case 9 -> 44_100;
            case 10 -> 48_000;
            case 11 -> 96_000;
            case 12 -> 1000 * (int) in.bits(8);
            case 13 -> (int) in.bits(16);
            case 14 -> 10 * (int) in.bits(16);
            default -> throw invalid("has a frame of no rate, before byte %d".formatted(in.byteAt()));
        };
    }

    private long[] subframe(int block) throws EndException, RejectedAudioException {
        if (in.bits(1) != 0) {
            throw invalid("has a damaged subframe at byte %d".formatted(in.byteAt()));
        }
        int type = (int) in.bits(6);
        int wasted = in.bits(1) == 0 ? 0 : 1 + in.unary();
        int bits = sampleBits - wasted;
        if (bits < 1) {
            throw invalid("has a subframe of no bits at byte %d".formatted(in.byteAt()));
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
            throw invalid("has a subframe of reserved type %d at byte %d".formatted(type, in.byteAt()));
        }
        for (int i = 0; i < block; i++) {
            decoded[i] <<= wasted;
        }
        return decoded;
    }

    /** Weights of the samples before, the last first: differences of growing order. */
    private static final int[][] FIXED = {{}, {1}, {2, -1}, {3, -3, 1}, {4, -6, 4, -1}};

    private void linear(long[] decoded, int bits, int order) throws EndException, RejectedAudioException {
        warmUp(decoded, bits, order);
        int precision = 1 + (int) in.bits(4);
        int shift = (int) in.signedBits(5);
        if (precision == 16 || shift < 0) {
            throw invalid("has a predictor of reserved form before byte %d".formatted(in.byteAt()));
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
            throw invalid("has a predictor longer than its frame before byte %d".formatted(in.byteAt()));
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
            throw invalid("has a residual of reserved form before byte %d".formatted(in.byteAt()));
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

    private void append(long[] decoded) {
        if (count + decoded.length > samples.length) {
            samples = Arrays.copyOf(samples, Math.max(2 * samples.length, count + decoded.length));
        }
        float scale = (float) Math.scalb(1, 16 - sampleBits);
        for (long sample : decoded) {
            samples[count++] = sample * scale;
        }
    }

    private void requireSum(String what, long found, int computed, int begin) throws RejectedAudioException {
        if (found != computed) {
            throw invalid("is damaged: the check sum of the %s at byte %d does not agree".formatted(what, begin));
        }
    }

    private static int crc(byte[] bytes, int from, int to, int width, int polynomial) {
        int sum = 0;
        int top = 1 << width - 1;
        for (int at = from; at < to; at++) {
            sum ^= (bytes[at] & 0xff) << width - 8;
            for (int bit = 0; bit < 8; bit++) {
                sum = (sum & top) == 0 ? sum << 1 : sum << 1 ^ polynomial;
            }
        }
        return sum & (1 << width) - 1;
    }

    private static RejectedAudioException invalid(String what) {
        return new RejectedAudioException(DeadLetterCause.INVALID_AUDIO, "the FLAC file " + what);
    }
}
