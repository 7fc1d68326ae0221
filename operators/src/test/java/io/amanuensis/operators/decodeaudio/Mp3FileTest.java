package io.amanuensis.operators.decodeaudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.schemas.DeadLetterCause;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** MP3 files that ffmpeg 5.1 encoded with LAME, compared with what it decodes, and rewritten as other encoders write them. */
class Mp3FileTest {
    private static final int TAG_BYTES = 20;
    private static final int INFO_BYTES = 180;
    private static final int FRAME_SAMPLES = 576;
    /** LAME's 576 and a decoder's 529. */
    private static final int DELAY_SAMPLES = 1105;

    @Test
    void soundIsThatOfAnotherDecoder() throws Exception {
        float[] theirs = SampleFormat.S16LE.decode(bytes("speech-of-mp3.s16le"), 0, 32_000);
        assertThat(distance(decoded(bytes("speech.mp3")), theirs)).isLessThan(1e-3);
    }

    @Test
    void withoutAnEncodersWordAllIsSound() throws Exception {
        byte[] file = bytes("speech.mp3");
        float[] sound = decoded(Arrays.copyOfRange(file, TAG_BYTES + INFO_BYTES, file.length));
        assertThat(sound).hasSize(30 * FRAME_SAMPLES);
        assertThat(Arrays.copyOfRange(sound, DELAY_SAMPLES, DELAY_SAMPLES + 16_000))
                .isEqualTo(decoded(file));
    }

    @Test
    void tagsAtBothEndsAreNoSound() throws Exception {
        byte[] file = bytes("speech.mp3");
        byte[] last = new byte[128];
        System.arraycopy(new byte[] {'T', 'A', 'G'}, 0, last, 0, 3);
        assertThat(decoded(joined(Arrays.copyOf(file, TAG_BYTES), file, last))).isEqualTo(decoded(file));
    }

    /** Each frame at the next higher rate of bits, which leaves room for a checksum behind its header. */
    @Test
    void framesMayHaveAChecksum() throws Exception {
        byte[] plain = bytes("speech-without-reservoir.mp3");
        ByteArrayOutputStream checked = new ByteArrayOutputStream();
        for (int at = TAG_BYTES + INFO_BYTES; at < plain.length; ) {
            int header = ByteBuffer.wrap(plain).getInt(at);
            int bytes = Mp3Header.of(header).bytes();
            byte[] frame = Arrays.copyOfRange(plain, at, at + bytes);
            at += bytes;
            int higher = (header & ~(1 << 16)) + (1 << 12);
            byte[] longer = new byte[Mp3Header.of(higher).bytes()];
            ByteBuffer.wrap(longer).putInt(higher).putShort((short) 0x1234).put(frame, 4, frame.length - 4);
            checked.write(longer);
        }
        float[] sound = decoded(checked.toByteArray());
        assertThat(Arrays.copyOfRange(sound, DELAY_SAMPLES, DELAY_SAMPLES + 16_000))
                .isEqualTo(decoded(plain));
    }

    @Test
    void twoChannelsAreRefused() throws Exception {
        byte[] file = bytes("speech.mp3");
        file = Arrays.copyOfRange(file, TAG_BYTES + INFO_BYTES, file.length);
        for (int at = 0;
                at < file.length;
                at += Mp3Header.of(ByteBuffer.wrap(file).getInt(at)).bytes()) {
            file[at + 3] &= 0x3f;
        }
        byte[] stereo = file;
        assertThatThrownBy(() -> decoded(stereo))
                .isInstanceOfSatisfying(RejectedAudioException.class, refused -> assertThat(refused.deadLetterCause())
                        .isEqualTo(DeadLetterCause.INVALID_AUDIO))
                .hasMessageContaining("2 channels");
    }

    @Test
    void whatStandsBetweenFramesIsNamed() throws Exception {
        byte[] file = bytes("speech.mp3");
        int second = TAG_BYTES + INFO_BYTES;
        byte[] torn = joined(Arrays.copyOf(file, second), new byte[7], Arrays.copyOfRange(file, second, file.length));
        assertThatThrownBy(() -> decoded(torn)).hasMessage("the MP3 file has no frame at byte %d".formatted(second));
    }

    private static double distance(float[] ours, float[] theirs) {
        assertThat(ours).hasSameSizeAs(theirs);
        double difference = 0;
        double power = 0;
        for (int i = 0; i < ours.length; i++) {
            difference += Math.pow(ours[i] - theirs[i], 2);
            power += Math.pow(theirs[i], 2);
        }
        return Math.sqrt(difference / power);
    }

    private static float[] decoded(byte[] file) throws RejectedAudioException {
        return Mp3File.decode(file, (samples, rate) -> {}).samples();
    }

    private static byte[] joined(byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.write(part);
        }
        return all.toByteArray();
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream file = Mp3FileTest.class.getResourceAsStream(name)) {
            return file.readAllBytes();
        }
    }
}
