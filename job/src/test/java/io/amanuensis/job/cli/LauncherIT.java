package io.amanuensis.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.DemoModel;
import io.amanuensis.job.score.LongFormReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The distribution, started as a user does: through a link, from another folder. */
class LauncherIT {
    private static final Path HOME = Path.of(System.getProperty(Installation.HOME_PROPERTY));
    private static final int LIMIT_S = 240;

    @TempDir
    Path directory;

    @Test
    @Timeout(LIMIT_S + 10)
    void theDemonstrationTranscribesTheBundledCalls() throws Exception {
        Run run = launch("demo", "--ui-port", "0", "--output-encoding", "json");

        assertThat(run.err).isEmpty();
        assertThat(run.exitCode).isEqualTo(ExitCode.OK);
        assertThat(run.out)
                .contains("call-1-late-order", "call-2-double-charge", "call-3-broken-router")
                .containsPattern("\\n\\d\\d:\\d\\d\\.\\d{3}  AGENT +\\S")
                .containsPattern("\\n\\d\\d:\\d\\d\\.\\d{3}  CUSTOMER +\\S")
                .containsPattern("\\nall calls +623 +\\d+\\.\\d % +" + referencePercent() + " %\\n")
                .contains("Dead letters   0")
                .containsPattern("500\\.9 s of sound on 6 channels in [\\d.]+ s: [\\d.]+ times real time")
                .doesNotContain("\u001b");
    }

    @Test
    @Timeout(LIMIT_S + 10)
    void anUtteranceBecomesSubtitles() throws Exception {
        Run run = launch(
                "transcribe",
                "-f",
                "srt",
                HOME.resolve("samples/utterance-34-slt-telephone.wav").toString());

        assertThat(run.err).isEmpty();
        assertThat(run.exitCode).isEqualTo(ExitCode.OK);
        assertThat(run.out).matches("1\\n00:00:0\\d,\\d{3} --> 00:00:0\\d,\\d{3}\\n\\S.*\\n\\n");
    }

    private static String referencePercent() throws IOException {
        double percent = LongFormReference.read(DemoModel.LONG_FORM)
                .werPercent("call-1-late-order.wav", "call-2-double-charge.wav", "call-3-broken-router.wav")
                .orElseThrow();
        return Pattern.quote("%.1f".formatted(percent));
    }

    private record Run(int exitCode, String out, String err) {}

    private Run launch(String... arguments) throws IOException, InterruptedException {
        Path link = Files.createSymbolicLink(directory.resolve("amanuensis-link"), HOME.resolve("bin/amanuensis"));
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        String[] command = new String[arguments.length + 1];
        command[0] = link.toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(LIMIT_S, TimeUnit.SECONDS))
                .as("ends within %d s", LIMIT_S)
                .isTrue();
        return new Run(process.exitValue(), text(out), text(err));
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
