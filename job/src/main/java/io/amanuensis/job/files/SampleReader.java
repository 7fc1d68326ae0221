package io.amanuensis.job.files;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioFormat.Encoding;

/**
 * Interleaved bytes of a linear or floating point format as 16-bit samples. Wider integers lose their low bits; floating point
 * is scaled by 32768 and clipped, which javax.sound does not do: it lets loud samples wrap round.
 */
final class SampleReader {
    private static final int FULL_SCALE = 32768;

    private final int channels;
    private final int sampleBytes;
    private final ByteOrder order;
    private final Sample sample;

    private SampleReader(AudioFormat format, Sample sample) {
        this.channels = format.getChannels();
        this.sampleBytes = format.getFrameSize() / channels;
        this.order = format.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        this.sample = sample;
    }

    /** The sample whose bytes begin at {@code offset}. */
    private interface Sample {
        short at(ByteBuffer bytes, int offset) throws NotANumberException;
    }

    /** A floating point sample that is NaN or infinite. */
    static final class NotANumberException extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** Empty if the format is none of these. */
    static Optional<SampleReader> of(AudioFormat format) {
        return Optional.ofNullable(sampleOf(format)).map(sample -> new SampleReader(format, sample));
    }

    /** @param bytes of whole frames; a rest that is none is left out */
    short[][] read(byte[] bytes) throws NotANumberException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(order);
        short[][] samples = new short[channels][bytes.length / (channels * sampleBytes)];
        int offset = 0;
        for (int frame = 0; frame < samples[0].length; frame++) {
            for (short[] channel : samples) {
                channel[frame] = sample.at(buffer, offset);
                offset += sampleBytes;
            }
        }
        return samples;
    }

    private static Sample sampleOf(AudioFormat format) {
        Encoding encoding = format.getEncoding();
        int sampleBytes = format.getFrameSize() / format.getChannels();
        int highHalf = format.isBigEndian() ? 0 : sampleBytes - Short.BYTES;
        if (encoding.equals(Encoding.PCM_UNSIGNED) && sampleBytes == Byte.BYTES) {
            return (bytes, offset) -> (short) ((Byte.toUnsignedInt(bytes.get(offset)) - 128) << 8);
        }
        if (encoding.equals(Encoding.PCM_SIGNED) && sampleBytes == Byte.BYTES) {
            return (bytes, offset) -> (short) (bytes.get(offset) << 8);
        }
        if (encoding.equals(Encoding.PCM_SIGNED)) {
            return (bytes, offset) -> bytes.getShort(offset + highHalf);
        }
        if (encoding.equals(Encoding.PCM_FLOAT) && sampleBytes == Float.BYTES) {
            return (bytes, offset) -> clipped(bytes.getFloat(offset));
        }
        if (encoding.equals(Encoding.PCM_FLOAT) && sampleBytes == Double.BYTES) {
            return (bytes, offset) -> clipped(bytes.getDouble(offset));
        }
        return null;
    }

    private static short clipped(double value) throws NotANumberException {
        if (!Double.isFinite(value)) {
            throw new NotANumberException();
        }
        return (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(value * FULL_SCALE)));
    }
}
