package io.amanuensis.job.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.amanuensis.job.DemoModel;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user sees: exit codes, and one line that names what is wrong. */
class MainTest {
    private static final String UTTERANCE =
            DemoModel.TEST_SET.resolve("utterance-13-slt-clean.wav").toString();
    private static final String ECHO = "-Dmodel.back-end=echo";

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "--help",
        "demo --help",
        "transcribe --help",
        "run --help",
        "models random --help",
        "bench --help",
        "play --help",
        "devices --help",
        "--version"
    })
    void helpIsSuccess(String arguments) {
        CommandRun run = CommandRun.of(arguments.split(" "));

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("manuensis");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void anNpusSpeedIsAModelAndSaysSo() {
        CommandRun run = CommandRun.of("bench", "--device", "emulated");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).startsWith("A MODEL, NOT A MEASUREMENT").contains("\nlarge-v3-turbo ");
        assertThat(CommandRun.of("bench", "--device", "abacus").err()).contains("EMULATED");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense | Unmatched argument",
                "demo --speed 0 | --speed must be above 0, is 0.0",
                "demo --output-encoding xml | AVRO, JSON",
                "transcribe | Missing required parameter",
                "transcribe a.wav --segment-ms 10 | --segment-ms must be 20 to 10000, is 10",
                "transcribe a.wav b.wav --call-id x | --call-id needs a single FILE",
                "transcribe a.wav b.wav --format srt | several FILEs as srt need --output DIR",
                "transcribe x/a.wav y/a.mp3 -f srt -o out | out/a.srt",
                "transcribe a.wav a.wav | named twice",
                "transcribe a.wav --roles AGENT,BOSS | BOSS",
                "models | Missing required subcommand",
                "models random --out x | Missing required option: '--like=SIZE'",
                "models random --like huge --out x | tiny, base, small, medium, large-v3, demo",
                "bench --calls 0 | calls: 0; legal: 1 to 10000",
                "bench --calls 2 --windows-per-call 2 --warm-up 4 | warm-up windows: 4; legal: 1 to 3",
                "bench --precision int4 | AUTO, F32, BF16, INT8",
                "bench --tokens -1 | --tokens must be 0 or more, is -1",
                "play | Missing required argument",
                "play --embedded --bootstrap localhost:1 | mutually exclusive",
                "play --embedded --calls 0 | --calls: 0; legal: 1 to 10000",
                "play --embedded --loss 101 | --loss: 1.01; legal: 0 to 1",
                "play --embedded --speed 0 | --speed: 0.0; legal: above 0",
                "play --embedded --speed fast | --speed: fast; legal: a number above 0, or max",
                "play --embedded --busy 0 | --busy: 0.0; legal: above 0, to 1",
                "play --embedded --busy 70 --speed max | --speed: max; legal with busy: a number",
                "play --embedded --for 10 | Missing required argument",
                "play --bootstrap localhost:1 --busy 70 | --busy needs --embedded",
                "play --embedded --codec opus | PCM, TELEPHONE",
                "run -Dmodel.back-end=echo | kafka.bootstrap.servers is not set",
                "run --detached -Dmodel.back-end=echo -Dkafka.bootstrap.servers=localhost:1 | --detached needs a cluster"
            })
    void senselessCommandLines(String arguments, String message) {
        CommandRun run = CommandRun.of(arguments.strip().split(" "));

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(message);
    }

    @Test
    void badInputIsNamed() throws IOException {
        Path notSound = Files.writeString(directory.resolve("notes.wav"), "not sound");
        String absent = directory.resolve("absent").toString();

        for (CommandRun run : List.of(
                CommandRun.of("transcribe", ECHO, notSound.toString()),
                CommandRun.of("transcribe", ECHO, UTTERANCE, absent),
                CommandRun.of("transcribe", UTTERANCE, "--model", directory.toString()),
                CommandRun.of("models", "random", "--like", "large-v3", "--out", directory.toString()),
                CommandRun.of("models", "random", "--like", "tiny", "--out", notSound.toString()),
                CommandRun.of("run", "--config", absent))) {
            assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
            assertThat(run.err().lines())
                    .singleElement(STRING)
                    .startsWith("amanuensis: ")
                    .contains(directory.toString());
        }
    }

    @Test
    void aRandomModelOfTheDemoSizeTranscribes() {
        Path model = directory.resolve("model");
        CommandRun made = CommandRun.of("models", "random", "--like", "DEMO", "--seed", "3", "--out", model.toString());
        // What such a model says is nothing that anybody said.
        CommandRun transcribed =
                CommandRun.of("transcribe", UTTERANCE, "--model", model.toString(), "-Dguard.enabled=false");

        assertThat(made.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(made.out()).isEqualTo(model + ": a model like demo, 7,606,784 parameters, seed 3\n");
        assertThat(transcribed.exitCode()).as(transcribed.err()).isEqualTo(ExitCode.OK);
        assertThat(transcribed.out()).isNotBlank();
    }

    @Test
    void whatTheMachineLacksIsNamed() {
        CommandRun run = CommandRun.of("transcribe", UTTERANCE);

        assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.err()).contains("amanuensis.home").contains("bin/amanuensis");
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            CommandRun run = CommandRun.of(
                    "run", ECHO, "-Dkafka.bootstrap.servers=localhost:1", "-Drest.bind-port=" + taken.getLocalPort());

            assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
            assertThat(run.err()).contains("cannot start Flink").contains(Integer.toString(taken.getLocalPort()));
        }
    }
}
