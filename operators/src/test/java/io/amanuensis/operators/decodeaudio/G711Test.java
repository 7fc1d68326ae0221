package io.amanuensis.operators.decodeaudio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;

/** Golden values: the codecs of the JDK's {@code javax.sound.sampled} and the corner values of the recommendation. */
class G711Test {
    @Test
    void allMulawCodesAsTheJdkDecodesThem() throws IOException {
        short[] golden = jdkDecode(AudioFormat.Encoding.ULAW);
        for (int code = 0; code < 256; code++) {
            assertThat(G711.mulaw((byte) code)).as("code %02x", code).isEqualTo(golden[code]);
        }
    }

    @Test
    void allAlawCodesAsTheJdkDecodesThem() throws IOException {
        short[] golden = jdkDecode(AudioFormat.Encoding.ALAW);
        for (int code = 0; code < 256; code++) {
            assertThat(G711.alaw((byte) code)).as("code %02x", code).isEqualTo(golden[code]);
        }
    }

    /** Decision values of G.711: 8031 and 4032 of the 14- and 13-bit scales, here times 4 and 8. */
    @Test
    void cornerValuesOfTheRecommendation() {
        assertThat(G711.mulaw((byte) 0x80)).isEqualTo(8031 * 4);
        assertThat(G711.mulaw((byte) 0x00)).isEqualTo(-8031 * 4);
        assertThat(G711.mulaw((byte) 0xff)).isZero();
        assertThat(G711.mulaw((byte) 0xfe)).isEqualTo(2 * 4);
        assertThat(G711.alaw((byte) 0xaa)).isEqualTo(4032 * 8);
        assertThat(G711.alaw((byte) 0x2a)).isEqualTo(-4032 * 8);
        assertThat(G711.alaw((byte) 0xd5)).isEqualTo(8);
        assertThat(G711.alaw((byte) 0x55)).isEqualTo(-8);
    }

    private static short[] jdkDecode(AudioFormat.Encoding encoding) throws IOException {
        byte[] codes = new byte[256];
        for (int code = 0; code < codes.length; code++) {
            codes[code] = (byte) code;
        }
        AudioInputStream encoded = new AudioInputStream(
                new ByteArrayInputStream(codes), new AudioFormat(encoding, 8000, 8, 1, 1, 8000, false), codes.length);
        AudioFormat linear = new AudioFormat(AudioFormat.Encoding.PCM_SIGNED, 8000, 16, 1, 2, 8000, false);
        short[] decoded = new short[codes.length];
        ByteBuffer.wrap(AudioSystem.getAudioInputStream(linear, encoded).readAllBytes())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asShortBuffer()
                .get(decoded);
        return decoded;
    }
}
