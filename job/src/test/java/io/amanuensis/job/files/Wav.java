package io.amanuensis.job.files;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** RIFF/WAVE files, byte by byte after the format's specification. */
final class Wav {
    static final int PCM = 1;
    static final int MS_ADPCM = 2;
    static final int IEEE_FLOAT = 3;
    static final int A_LAW = 6;
    static final int MU_LAW = 7;
    static final int EXTENSIBLE = 0xFFFE;

    private static final byte[] SUBFORMAT_TAIL = {
        0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xAA, 0, 0x38, (byte) 0x9B, 0x71
    };

    private Wav() {}

    static byte[] of(int format, int channels, int rateHz, int bits, byte[] data) {
        return of(format, channels, rateHz, bits, data, data.length);
    }

    /** @param promisedBytes length that the header states for the data, whatever there is */
    static byte[] of(int format, int channels, int rateHz, int bits, byte[] data, int promisedBytes) {
        int frameBytes = channels * ((bits + 7) / 8);
        ByteBuffer wav = ByteBuffer.allocate(44 + data.length).order(ByteOrder.LITTLE_ENDIAN);
        wav.put(ascii("RIFF")).putInt(36 + promisedBytes).put(ascii("WAVE"));
        wav.put(ascii("fmt ")).putInt(16);
        putFormat(wav, format, channels, rateHz, bits, frameBytes);
        wav.put(ascii("data")).putInt(promisedBytes).put(data);
        return wav.array();
    }

    /** With the 40-byte format header that newer recorders write. */
    static byte[] extensible(int format, int channels, int rateHz, int bits, byte[] data) {
        int frameBytes = channels * ((bits + 7) / 8);
        ByteBuffer wav = ByteBuffer.allocate(68 + data.length).order(ByteOrder.LITTLE_ENDIAN);
        wav.put(ascii("RIFF")).putInt(60 + data.length).put(ascii("WAVE"));
        wav.put(ascii("fmt ")).putInt(40);
        putFormat(wav, EXTENSIBLE, channels, rateHz, bits, frameBytes);
        wav.putShort((short) 22)
                .putShort((short) bits)
                .putInt(0)
                .putShort((short) format)
                .put(SUBFORMAT_TAIL);
        wav.put(ascii("data")).putInt(data.length).put(data);
        return wav.array();
    }

    static byte[] littleEndian(short... samples) {
        ByteBuffer bytes = ByteBuffer.allocate(samples.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asShortBuffer().put(samples);
        return bytes.array();
    }

    private static void putFormat(ByteBuffer wav, int format, int channels, int rateHz, int bits, int frameBytes) {
        wav.putShort((short) format)
                .putShort((short) channels)
                .putInt(rateHz)
                .putInt(rateHz * frameBytes)
                .putShort((short) frameBytes)
                .putShort((short) bits);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
