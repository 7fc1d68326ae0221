package io.amanuensis.job.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DualMonoTest {
    private static final int FRAMES = 20_000;

    @TempDir
    Path directory;

    @Test
    void isTheSameSoundInAllChannelsToTheEnd() throws IOException {
        assertThat(DualMono.is(file(2, -1))).isTrue();
        assertThat(DualMono.is(file(5, -1))).isTrue();
        assertThat(DualMono.is(file(2, 0))).isFalse();
        assertThat(DualMono.is(file(5, FRAMES - 1))).isFalse();
    }

    @Test
    void aSingleChannelOrSilenceIsNot() throws IOException {
        assertThat(DualMono.is(file(1, -1))).isFalse();
        Path silence = directory.resolve("silence.wav");
        Files.write(silence, Wav.of(Wav.PCM, 2, 8000, 16, new byte[4 * FRAMES]));
        assertThat(DualMono.is(silence)).isFalse();
    }

    /** @param different frame in which the last channel is not as the others, or -1 */
    private Path file(int channels, int different) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(2 * channels * FRAMES).order(ByteOrder.LITTLE_ENDIAN);
        for (int frame = 0; frame < FRAMES; frame++) {
            for (int channel = 0; channel < channels; channel++) {
                boolean other = frame == different && channel == channels - 1;
                data.putShort((short) (frame * 37 % 2_001 - 1_000 + (other ? 1 : 0)));
            }
        }
        Path file = directory.resolve("%d-%d.wav".formatted(channels, different));
        Files.write(file, Wav.of(Wav.PCM, channels, 8000, 16, data.array()));
        return file;
    }
}
