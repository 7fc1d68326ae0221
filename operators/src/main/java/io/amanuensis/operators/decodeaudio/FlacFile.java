package io.amanuensis.operators.decodeaudio;

import io.amanuensis.operators.decodeaudio.BitReader.EndException;
import io.amanuensis.schemas.DeadLetterCause;
import java.util.Arrays;

/**
 * Decoder of a whole FLAC file in memory (RFC 9639): mono, 4 to 24 bits. Every frame's check sums are verified, and the number of
 * samples where the file states it. What is between the header of a frame and its sum is a {@link FlacSubframe}'s.
 */
final class FlacFile {
    private static final long MAGIC = 0x664c6143; // fLaC
    private static final int STREAM_INFO = 0;
    private static final int STREAM_INFO_BYTES = 34;
    private static final int FRAME_SYNC = 0b11111111111110;
    private static final int FRAME_SYNC_BITS = 14;
    private static final int CRC8_POLYNOMIAL = 0x07;
    private static final int CRC16_POLYNOMIAL = 0x8005;
    private static final int[] SAMPLE_BITS = {0, 8, 12, 0, 16, 20, 24, 32};

    private final DecodedFile.Limit limit;
    private final byte[] bytes;
    private final BitReader in;
    private int sampleRateHz;
    private int sampleBits;
    private long statedSamples;
    private float[] samples = new float[0];
    private int count;

    private FlacFile(byte[] bytes, DecodedFile.Limit limit) {
        this.limit = limit;
        this.bytes = bytes;
        this.in = new BitReader(bytes);
    }

    /** @throws RejectedAudioException if it is not such a file, is cut short, damaged, or longer than can be */
    static DecodedFile decode(byte[] bytes, DecodedFile.Limit limit) throws RejectedAudioException {
        FlacFile file = new FlacFile(bytes, limit);
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
        limit.require(statedSamples, sampleRateHz);
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
        limit.require((long) count + block, sampleRateHz);
        long[] decoded = new FlacSubframe(in, sampleBits).decode(block);
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

    static RejectedAudioException invalid(String what) {
        return new RejectedAudioException(DeadLetterCause.INVALID_AUDIO, "the FLAC file " + what);
    }
}
