package io.amanuensis.operators.decodeaudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.amanuensis.schemas.DeadLetterCause;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;

/** Files written by the JDK's {@code javax.sound.sampled}, an independent writer, and files spoilt by hand. */
class WavFileTest {
    private static final byte[] SUB_FORMAT_TAIL = {
        0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xaa, 0, 0x38, (byte) 0x9b, 0x71
    };

    private static byte[] jdkWav(AudioFormat.Encoding encoding, int bits, int rateHz, byte[] data) throws IOException {
        AudioFormat format = new AudioFormat(encoding, rateHz, bits, 1, bits / 8, rateHz, false);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AudioSystem.write(
                new AudioInputStream(new ByteArrayInputStream(data), format, data.length / (bits / 8)),
                AudioFileFormat.Type.WAVE,
                out);
        return out.toByteArray();
    }

    private static float[] samples(byte[] file) throws RejectedAudioException {
        WavFile wav = WavFile.parse(file);
        return wav.format().decode(file, wav.dataOffset(), wav.dataBytes());
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] chunk(String id, byte[] body) {
        return littleEndian(8 + body.length)
                .put(id.getBytes(StandardCharsets.US_ASCII))
                .putInt(body.length)
                .put(body)
                .array();
    }

    private static byte[] fmt(int tag, int channels, int rateHz, int bits) {
        int frame = channels * bits / 8;
        return chunk(
                "fmt ",
                littleEndian(16)
                        .putShort((short) tag)
                        .putShort((short) channels)
                        .putInt(rateHz)
                        .putInt(rateHz * frame)
                        .putShort((short) frame)
                        .putShort((short) bits)
                        .array());
    }

    private static byte[] riff(byte[]... chunks) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] chunk : chunks) {
            body.writeBytes(chunk);
            body.writeBytes(new byte[chunk.length % 2]);
        }
        return littleEndian(12 + body.size())
                .put("RIFF".getBytes(StandardCharsets.US_ASCII))
                .putInt(4 + body.size())
                .put("WAVE".getBytes(StandardCharsets.US_ASCII))
                .put(body.toByteArray())
                .array();
    }

    private static void assertRejected(byte[] file, DeadLetterCause cause, String... words) {
        RejectedAudioException thrown = catchThrowableOfType(RejectedAudioException.class, () -> samples(file));
        assertThat(thrown.deadLetterCause()).isEqualTo(cause);
        assertThat(thrown).hasMessageContainingAll(words);
    }

    @Test
    void readsWhatTheJdkWrites() throws Exception {
        byte[] s16 = {0, 0, 1, 0, -1, -1, (byte) 0xff, 0x7f, 0, (byte) 0x80};
        assertThat(samples(jdkWav(AudioFormat.Encoding.PCM_SIGNED, 16, 22050, s16)))
                .containsExactly(0, 1, -1, 32767, -32768);
        assertThat(WavFile.parse(jdkWav(AudioFormat.Encoding.PCM_SIGNED, 16, 22050, s16))
                        .sampleRateHz())
                .isEqualTo(22050);

        byte[] u8 = {0, 127, (byte) 128, (byte) 129, (byte) 255};
        assertThat(samples(jdkWav(AudioFormat.Encoding.PCM_UNSIGNED, 8, 8000, u8)))
                .containsExactly(-32768, -256, 0, 256, 32512);

        byte[] s24 = {0, 1, 0, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0, 0, (byte) 0x80, 1, 0, 0, 0, (byte) 0x80, 0};
        assertThat(samples(jdkWav(AudioFormat.Encoding.PCM_SIGNED, 24, 48000, s24)))
                .containsExactly(1, -1 / 256f, -32768, 1 / 256f, 128);

        byte[] floats =
                littleEndian(12).putFloat(0.5f).putFloat(-1).putFloat(1.25f).array();
        assertThat(samples(jdkWav(AudioFormat.Encoding.PCM_FLOAT, 32, 16000, floats)))
                .containsExactly(16384, -32768, 40960);

        assertThat(samples(jdkWav(AudioFormat.Encoding.ULAW, 8, 8000, new byte[] {0})))
                .containsExactly(-32124);
        assertThat(samples(jdkWav(AudioFormat.Encoding.ALAW, 8, 8000, new byte[] {(byte) 0xaa, 0x55})))
                .containsExactly(32256, -8);
    }

    @Test
    void readsExtensibleAndSkipsOtherChunks() throws Exception {
        byte[] extensible = littleEndian(40)
                .put(fmt(0xfffe, 1, 8000, 8), 8, 16)
                .putShort((short) 22)
                .putShort((short) 8)
                .putInt(4)
                .putShort((short) 7)
                .put(SUB_FORMAT_TAIL)
                .array();
        byte[] file = riff(
                chunk("LIST", new byte[5]),
                chunk("fmt ", extensible),
                chunk("fact", new byte[4]),
                chunk("data", new byte[] {(byte) 0x80, 0}),
                chunk("id3 ", new byte[3]));
        assertThat(samples(file)).containsExactly(32124, -32124);

        extensible[39] = 0;
        assertRejected(
                riff(chunk("fmt ", extensible), chunk("data", new byte[2])), DeadLetterCause.INVALID_WAV, "sub-format");
    }

    @Test
    void readsDataOfOddLengthWithoutItsPadByte() throws Exception {
        byte[] file = riff(fmt(7, 1, 8000, 8), chunk("data", new byte[] {(byte) 0x80}));
        assertThat(samples(Arrays.copyOf(file, file.length - 1))).containsExactly(32124);
    }

    @Test
    void rejectsWhatIsNoWav() {
        byte[] format = fmt(1, 1, 8000, 16);
        byte[] data = chunk("data", new byte[4]);
        byte[] good = riff(format, data);
        byte[] rifx = good.clone();
        rifx[3] = 'X';

        assertRejected(new byte[3], DeadLetterCause.INVALID_WAV, "RIFF/WAVE");
        assertRejected(rifx, DeadLetterCause.INVALID_WAV, "RIFF/WAVE");
        assertRejected(Arrays.copyOf(good, 12), DeadLetterCause.INVALID_WAV, "no 'data' chunk");
        assertRejected(riff(format), DeadLetterCause.INVALID_WAV, "no 'data' chunk");
        assertRejected(riff(data, format), DeadLetterCause.INVALID_WAV, "no 'fmt ' chunk");
        assertRejected(riff(chunk("fmt ", new byte[14]), data), DeadLetterCause.INVALID_WAV, "14 bytes");
        assertRejected(riff(fmt(0xfffe, 1, 8000, 16), data), DeadLetterCause.INVALID_WAV, "extensible", "16 bytes");
    }

    @Test
    void rejectsFormatsThatAreNotRead() {
        byte[] data = chunk("data", new byte[8]);
        assertRejected(
                riff(fmt(1, 2, 8000, 16), data), DeadLetterCause.INVALID_WAV, "2 channels", "split it", "ffmpeg");
        assertRejected(riff(fmt(1, 0, 8000, 16), data), DeadLetterCause.INVALID_WAV, "0 channels");
        assertRejected(riff(fmt(1, 1, 8000, 32), data), DeadLetterCause.INVALID_WAV, "tag 1 with 32 bits");
        assertRejected(riff(fmt(3, 1, 8000, 64), data), DeadLetterCause.INVALID_WAV, "tag 3 with 64 bits");
        assertRejected(riff(fmt(2, 1, 8000, 4), data), DeadLetterCause.INVALID_WAV, "tag 2 with 4 bits");
    }

    @Test
    void rejectsTruncatedFiles() {
        byte[] good = riff(fmt(1, 1, 8000, 16), chunk("data", new byte[10]));
        assertRejected(
                Arrays.copyOf(good, good.length - 1),
                DeadLetterCause.TRUNCATED_AUDIO,
                "'data'",
                "10 bytes",
                "9 follow");
        assertRejected(Arrays.copyOf(good, 30), DeadLetterCause.TRUNCATED_AUDIO, "'fmt '", "16 bytes");
        assertRejected(
                riff(fmt(1, 1, 8000, 16), chunk("data", new byte[3])), DeadLetterCause.TRUNCATED_AUDIO, "3 bytes");

        byte[] piped = good.clone();
        Arrays.fill(piped, 40, 44, (byte) 0xff);
        assertRejected(piped, DeadLetterCause.TRUNCATED_AUDIO, "4294967295 bytes", "pipe");
    }
}
