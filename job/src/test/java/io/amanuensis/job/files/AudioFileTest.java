package io.amanuensis.job.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.amanuensis.job.DemoModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AudioFileTest {
    private static final byte[] ONE_SECOND = new byte[2 * 8000];

    @TempDir
    Path directory;

    static Stream<Arguments> kinds() {
        return Stream.of(
                arguments(
                        "mu-law",
                        Wav.of(Wav.MU_LAW, 1, 8000, 8, bytes(0xFF, 0x80, 0x00, 0xF0, 0x70)),
                        samples(0, 32124, -32124, 120, -120)),
                arguments(
                        "A-law",
                        Wav.of(Wav.A_LAW, 1, 8000, 8, bytes(0xD5, 0x55, 0xAA, 0x2A)),
                        samples(8, -8, 32256, -32256)),
                arguments(
                        "8-bit unsigned",
                        Wav.of(Wav.PCM, 1, 11025, 8, bytes(0, 127, 128, 255)),
                        samples(-32768, -256, 0, 32512)),
                arguments(
                        "16-bit",
                        Wav.of(Wav.PCM, 1, 16000, 16, bytes(0, 0x80, 0xFF, 0xFF, 1, 0, 0xFF, 0x7F)),
                        samples(-32768, -1, 1, 32767)),
                arguments(
                        "24-bit",
                        Wav.of(Wav.PCM, 1, 44100, 24, bytes(0xAA, 0, 0x80, 0xAA, 0x34, 0x12)),
                        samples(-32768, 0x1234)),
                arguments(
                        "32-bit",
                        Wav.of(Wav.PCM, 1, 48000, 32, bytes(1, 2, 0, 0x80, 1, 2, 0x34, 0x12)),
                        samples(-32768, 0x1234)),
                arguments(
                        "float",
                        Wav.of(Wav.IEEE_FLOAT, 1, 48000, 32, floats(0f, 0.5f, -1f, 1f, 2f, -3f)),
                        samples(0, 16384, -32768, 32767, 32767, -32768)),
                arguments(
                        "double", Wav.of(Wav.IEEE_FLOAT, 1, 48000, 64, doubles(-0.25, 0.99996)), samples(-8192, 32767)),
                arguments(
                        "extensible 24-bit",
                        Wav.extensible(Wav.PCM, 1, 48000, 24, bytes(0xAA, 0x34, 0x12)),
                        samples(0x1234)),
                arguments(
                        "extensible float",
                        Wav.extensible(Wav.IEEE_FLOAT, 1, 48000, 32, floats(-0.5f)),
                        samples(-16384)),
                arguments("streamed", Wav.of(Wav.PCM, 1, 16000, 16, bytes(1, 0, 2, 0), 0xFFFFFFFF), samples(1, 2)),
                arguments(
                        "streamed by SoX",
                        Wav.of(Wav.PCM, 1, 16000, 24, bytes(9, 1, 0, 9, 2, 0), 0x7FFFF000),
                        samples(1, 2)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void readsEveryCommonKindOfWav(String kind, byte[] wav, short[] expected) throws IOException {
        try (AudioFile audio = AudioFile.open(write("sound.wav", wav))) {
            short[][] read = audio.read(100);
            assertThat(audio.channels()).isOne();
            assertThat(read).hasDimensions(1, expected.length);
            assertThat(read[0]).containsExactly(expected);
            assertThat(audio.read(100)[0]).isEmpty();
            assertThat(audio.frames()).isEqualTo(kind.startsWith("streamed") ? -1 : expected.length);
        }
    }

    @Test
    void keepsChannelsApartAndReadsInPieces() throws IOException {
        byte[] wav = Wav.of(Wav.PCM, 3, 8000, 16, Wav.littleEndian(samples(1, 10, 100, 2, 20, 200, 3, 30, 300)));

        try (AudioFile audio = AudioFile.open(write("three.wav", wav))) {
            assertThat(audio.frames()).isEqualTo(3);
            assertThat(audio.read(2)).isDeepEqualTo(new short[][] {{1, 2}, {10, 20}, {100, 200}});
            assertThat(audio.read(2)).isDeepEqualTo(new short[][] {{3}, {30}, {300}});
        }
    }

    @Test
    void opensTheBundledCalls() throws IOException {
        try (AudioFile muLaw = AudioFile.open(DemoModel.TEST_SET.resolve("call-3-broken-router.wav"))) {
            assertThat(muLaw.sampleRateHz()).isEqualTo(8000);
            assertThat(muLaw.channels()).isEqualTo(2);
            assertThat(muLaw.frames()).isEqualTo(636_482);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {7999, 96_000})
    void refusesRatesOutsideTheRange(int rateHz) throws IOException {
        Path file = write("rate.wav", Wav.of(Wav.PCM, 1, rateHz, 16, ONE_SECOND));

        assertRefused(file, rateHz + " Hz; 8000 to 48000 Hz can be read", "ffmpeg");
    }

    @Test
    void refusesWhatIsNotSound() throws IOException {
        assertRefused(directory.resolve("absent.wav"), "does not exist", "Check the name");
        assertRefused(directory, "is a directory", "Name the sound files in it");
        assertRefused(write("notes.wav", "not sound at all".getBytes()), "is no WAV", "ffmpeg");
        assertRefused(write("nothing.wav", new byte[0]), "is no WAV", "ffmpeg");
        assertRefused(write("adpcm.wav", Wav.of(Wav.MS_ADPCM, 1, 8000, 4, ONE_SECOND)), "is no WAV", "ffmpeg");
        assertRefused(write("silent.wav", Wav.of(Wav.PCM, 1, 8000, 16, new byte[0])), "holds no sound", "Check");
    }

    @Test
    void refusesARecordingThatIsCutOff() throws IOException {
        Path file = write("cut.wav", Wav.of(Wav.PCM, 1, 8000, 16, ONE_SECOND, 10 * ONE_SECOND.length));

        assertRefused(file, "promises 160000 bytes of sound, the file has 16044", "Copy it again");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void refusesSamplesThatAreNotNumbers(float value) throws IOException {
        Path file = write("nan.wav", Wav.of(Wav.IEEE_FLOAT, 1, 8000, 32, floats(0f, value)));

        try (AudioFile audio = AudioFile.open(file)) {
            assertThatThrownBy(() -> audio.read(2))
                    .isInstanceOf(AudioFileException.class)
                    .hasMessageContaining(file + ": holds samples");
        }
    }

    private static void assertRefused(Path file, String problem, String remedy) {
        assertThatThrownBy(() -> AudioFile.open(file).close())
                .isInstanceOf(AudioFileException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(problem)
                .hasMessageContaining(remedy);
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static short[] samples(int... values) {
        short[] samples = new short[values.length];
        for (int i = 0; i < values.length; i++) {
            samples[i] = (short) values[i];
        }
        return samples;
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    private static byte[] doubles(double... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        return bytes.array();
    }
}
