package io.amanuensis.job.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.DemoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The job with its encoder on an NPU, through the real XRT and with the kernel's side emulated; profile {@code xrt}. Whatever goes
 * wrong there, the transcripts are those of an undisturbed run, window for window, and each has the text of the back end that it
 * names.
 */
@Tag("xrt")
@EnabledIfSystemProperty(named = "amanuensis.xrt.build", matches = ".+", disabledReason = "needs -Pxrt")
class NpuFaultsTest {
    private static final Path BUILD = Path.of(System.getProperty("amanuensis.xrt.build", ""));
    private static final Path SOUND = DemoModel.TEST_SET.resolve("call-1-late-order.wav");

    private static final String NPU = "npu-emulated";
    private static final String CPU = "cpu";

    /** @param checksum of the encoder output that the text was decoded from: never the same of NPU and processor */
    private record Line(String span, String backEnd, String checksum, String text) {}

    private static Map<String, Line> undisturbed;
    private static Map<String, Line> onTheProcessor;

    @TempDir
    Path npu;

    @Test
    void theDeviceComputesEveryWindow() throws Exception {
        assertThat(undisturbed().values()).extracting(Line::backEnd).containsOnly(NPU);
    }

    @ParameterizedTest
    @ValueSource(strings = {"error@100-102 abort@200 timeout@300 stale@400", "hang@200"})
    void faultsCostNoRecord(String faults) throws Exception {
        assertThat(asItsBackEndsGive(faults)).extracting(Line::backEnd).contains(NPU);
    }

    @Test
    void aDeviceThatGoesLeavesTheRestToTheProcessor() throws Exception {
        assertThat(asItsBackEndsGive("lost@450-")).extracting(Line::backEnd).contains(NPU, CPU);
    }

    /** The ids and spans of an undisturbed run, and each text and the numbers it was decoded from those of the back end that it names. */
    private List<Line> asItsBackEndsGive(String faults) throws Exception {
        Map<String, Line> disturbed = transcripts(faults, "model.back-end=auto");

        assertThat(spans(disturbed)).isEqualTo(spans(undisturbed()));
        disturbed.forEach((id, line) -> {
            assertThat(line).isEqualTo(reference(line).get(id));
            assertThat(onTheProcessor.get(id).checksum())
                    .isNotEqualTo(undisturbed.get(id).checksum());
        });
        return List.copyOf(disturbed.values());
    }

    private Map<String, Line> reference(Line line) {
        return line.backEnd().equals(CPU) ? onTheProcessor : undisturbed;
    }

    private static Map<String, String> spans(Map<String, Line> lines) {
        Map<String, String> spans = new TreeMap<>();
        lines.forEach((id, line) -> spans.put(id, line.span()));
        return spans;
    }

    private Map<String, Line> undisturbed() throws Exception {
        if (undisturbed == null) {
            undisturbed = transcripts("", "model.back-end=auto");
            onTheProcessor = transcripts("", "model.back-end=cpu");
        }
        return undisturbed;
    }

    /** By their ids. The process has to end by itself and with 0, whatever the NPU did. */
    private Map<String, Line> transcripts(String faults, String backEnd) throws IOException, InterruptedException {
        Process device = new ProcessBuilder("../native/emulator/make_device.sh", npu.toString())
                .inheritIO()
                .start();
        assertThat(device.waitFor()).isZero();
        Files.writeString(npu.resolve("faults"), faults);
        Path log = npu.resolve("log");
        Process job = job(backEnd).redirectError(log.toFile()).start();
        Map<String, Line> lines = new TreeMap<>();
        List<String> others = new ArrayList<>();
        for (String text :
                new String(job.getInputStream().readAllBytes()).lines().toList()) {
            String[] part = text.split("\t", -1);
            if (part[0].equals("TRANSCRIPT")) {
                assertThat(lines.put(part[1], new Line(part[2], part[3], part[4], part[5])))
                        .isNull();
            } else {
                others.add(text);
            }
        }
        assertThat(job.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(job.exitValue()).as(Files.readString(log)).isZero();
        assertThat(others).contains("DONE").noneMatch(other -> other.startsWith("DEAD LETTER"));
        return lines;
    }

    private ProcessBuilder job(String backEnd) {
        List<String> command = new ArrayList<>(List.of(
                BUILD.resolve("emulated/bin/java").toString(),
                "-Xmx1g",
                "-Damanuensis.library=" + BUILD.resolve("libamanuensis.so")));
        for (String opening : System.getProperty("amanuensis.jvm.opens").split(" ")) {
            command.add(opening);
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                NpuFaultsProgram.class.getName(),
                DemoModel.MODEL.toString(),
                SOUND.toString(),
                backEnd,
                "npu.device=xrt",
                // A batch that meets two of the faults is the processor's: of a window each, most meet none.
                "encode.batch-size=1",
                "npu.overlay=" + BUILD.resolve("overlay-512"),
                "npu.run-timeout=3 s",
                "npu.breaker-open-time=1 s",
                "npu.spill-after=10 min",
                // Numbers coarse enough for the two to hear a word differently.
                "npu.option.products=1",
                "model.precision=int8"));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("AMANUENSIS_NPU_EMULATOR", npu.toString());
        return builder;
    }
}
