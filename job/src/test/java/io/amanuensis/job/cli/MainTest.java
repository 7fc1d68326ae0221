package io.amanuensis.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.DemoModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user sees: exit codes, and one line that names what is wrong. */
class MainTest {
    private static final String UTTERANCE = DemoModel.TEST_SET.resolve("utterance-13-slt-clean.wav").toString();
    private static final String ECHO = "-Dmodel.back-end=echo";

    @TempDir Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource({"--help", "demo --help", "transcribe --help", "run --help", "--version"})
    void helpIsSuccess(String arguments) {
        assertThat(run(arguments.split(" "))).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("manuensis");
        assertThat(err.toString()).isEmpty();
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
                "run -Dmodel.back-end=echo | kafka.bootstrap.servers is not set",
                "run --detached -Dmodel.back-end=echo -Dkafka.bootstrap.servers=localhost:1 | --detached needs a cluster"
            })
    void senselessCommandLines(String arguments, String message) {
        assertThat(run(arguments.strip().split(" "))).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(message);
    }

    @Test
    void badInputIsNamed() throws IOException {
        Path notSound = Files.writeString(directory.resolve("notes.wav"), "not sound");

        assertThat(run("transcribe", ECHO, notSound.toString())).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run("transcribe", ECHO, UTTERANCE, directory.resolve("absent.wav").toString()))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run("transcribe", UTTERANCE, "--model", directory.toString())).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run("run", "--config", directory.resolve("absent.yaml").toString())).isEqualTo(ExitCode.BAD_INPUT);

        assertThat(err.toString().lines())
                .hasSize(4)
                .allSatisfy(line -> assertThat(line).startsWith("amanuensis: ").contains(directory.toString()));
    }

    @Test
    void whatTheMachineLacksIsNamed() throws IOException {
        assertThat(run("transcribe", UTTERANCE)).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(err.toString()).contains("amanuensis.home").contains("bin/amanuensis");
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThat(run("run", ECHO, "-Dkafka.bootstrap.servers=localhost:1",
                    "-Drest.bind-port=" + taken.getLocalPort())).isEqualTo(ExitCode.ENVIRONMENT);
            assertThat(err.toString()).contains("cannot start Flink").contains(Integer.toString(taken.getLocalPort()));
        }
    }

    private int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
