package io.amanuensis.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.amanuensis.job.DemoModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the echo back end, whose text is a function of the sound. */
class TranscribeCommandTest {
    private static final String ECHO = "-Dmodel.back-end=echo";
    private static final String UTTERANCE =
            DemoModel.TEST_SET.resolve("utterance-13-slt-clean.wav").toString();
    private static final String SAME_AT_8_KHZ =
            DemoModel.TEST_SET.resolve("utterance-52-slt-mulaw8k.wav").toString();
    private static final String CALL =
            DemoModel.TEST_SET.resolve("call-3-broken-router.wav").toString();

    @TempDir
    Path directory;

    @Test
    void textOfOneFileIsAllThatStandardOutputGets() {
        CommandRun run = CommandRun.of("transcribe", ECHO, UTTERANCE);

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines()).isNotEmpty().allMatch(line -> line.matches("[a-z ]+"));
        assertThat(CommandRun.of("transcribe", ECHO, UTTERANCE, "--segment-ms", "37")
                        .out())
                .as("how the sound is cut does not matter")
                .isEqualTo(run.out());
    }

    @Test
    void severalFilesGoToAFolderAFileEach() throws IOException {
        CommandRun run = CommandRun.of(
                "transcribe",
                ECHO,
                CALL,
                SAME_AT_8_KHZ,
                "--roles",
                "agent,customer",
                "-f",
                "json",
                "--output",
                directory.resolve("texts").toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).isEmpty();
        JsonNode call =
                new ObjectMapper().readTree(Files.readString(directory.resolve("texts/call-3-broken-router.json")));
        assertThat(call.get("segments").findValuesAsText("speaker"))
                .contains("AGENT", "CUSTOMER")
                .hasSizeGreaterThan(10);
        assertThat(directory.resolve("texts/utterance-52-slt-mulaw8k.json")).exists();
    }

    @Test
    void dualMonoIsFlaggedAndTranscribedAllTheSame() throws Exception {
        Path stereo = directory.resolve("stereo.wav");
        try (AudioInputStream mono =
                AudioSystem.getAudioInputStream(Path.of(UTTERANCE).toFile())) {
            byte[] samples = mono.readAllBytes();
            byte[] twice = new byte[2 * samples.length];
            for (int i = 0; i < samples.length; i += 2) {
                System.arraycopy(samples, i, twice, 2 * i, 2);
                System.arraycopy(samples, i, twice, 2 * i + 2, 2);
            }
            AudioFormat format = new AudioFormat(mono.getFormat().getSampleRate(), 16, 2, true, false);
            AudioSystem.write(
                    new AudioInputStream(new ByteArrayInputStream(twice), format, samples.length / 2),
                    AudioFileFormat.Type.WAVE,
                    stereo.toFile());
        }
        CommandRun run = CommandRun.of("transcribe", ECHO, stereo.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.err()).contains(stereo + " is dual mono");
        assertThat(run.out()).isNotBlank();
    }
}
