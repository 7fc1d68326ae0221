package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The NPU from Java, through the real XRT and with the kernel's side emulated; profile {@code xrt}. Each case is a process of its
 * own, because XRT can end one, and each has to end well.
 */
@Tag("xrt")
@EnabledIfSystemProperty(named = "amanuensis.xrt.build", matches = ".+", disabledReason = "needs -Pxrt")
class XrtDeviceTest {
    private static final Path BUILD = Path.of(System.getProperty("amanuensis.xrt.build", ""));
    private static final Path LIBRARY = BUILD.resolve("libamanuensis_xrt.so");
    private static final Path OVERLAY = BUILD.resolve("overlay-512");
    private static final Path EMULATED_JAVA = BUILD.resolve("emulated/bin/java");

    /** The emulated NPU of this test. */
    @TempDir
    Path npu;

    @Test
    void multiplies() throws Exception {
        assertThat(selfTest("")).contains("EMULATED", "result: pass", "\nOK\n");
    }

    @ParameterizedTest
    @CsvSource({
        "error,   DEVICE_COMMAND,      ended in state 5",
        "abort,   DEVICE_ABORT,        ended in state 6",
        "timeout, DEVICE_TIMEOUT,      ended in state 8",
        "hang,    DEVICE_HOST_TIMEOUT, in flight after 300 ms",
        "lost,    DEVICE_LOST,         No such device",
        "stale,   DEVICE_STALE,        ''"
    })
    void commandsFailWithTheirOwnStatus(String fault, Status status, String words) throws Exception {
        makeDevice("");
        String output = run(List.of(EMULATED_JAVA.toString()), "encode", "demo-model/model", npu + "/faults", fault);
        assertThat(output.lines().filter(line -> !line.startsWith("[XRT]")))
                .contains("back end npu-emulated", "after reset equal")
                .anyMatch(line -> line.startsWith(status + " ") && line.contains(words))
                .anyMatch(line -> line.startsWith("DEVICE_POISONED "));
    }

    @ParameterizedTest
    @CsvSource({
        "permission,    DEVICE_PERMISSION, supplementalGroups",
        "memlock,       DEVICE_MEMLOCK,    Resource temporarily unavailable",
        "memory=1000,   DEVICE_MEMORY,     Cannot allocate memory",
        "contexts=0,    DEVICE_CONTEXTS,   no hardware context",
        "wrong,         DEVICE_WRONG,      ''"
    })
    void openingFailsWithItsOwnStatus(String fault, Status status, String words) throws Exception {
        assertThat(selfTest(fault)).containsPattern("(?m)^" + status + " .*" + words);
    }

    @Test
    void theLimitOfLockedMemoryIsSeenBeforeXrtIsAsked() throws Exception {
        assumeThat(Path.of("/usr/bin/setpriv")).as("setpriv, of util-linux").exists();
        List<String> java = List.of(
                "/bin/sh",
                "-c",
                "ulimit -S -l 8192; if [ \"$(id -u)\" = 0 ]; then"
                        + " exec setpriv --bounding-set=-ipc_lock --inh-caps=-ipc_lock \"$@\"; fi; exec \"$@\"",
                "sh",
                EMULATED_JAVA.toString());
        makeDevice("");
        assertThat(run(java, "self-test")).contains("DEVICE_MEMLOCK ", "RLIMIT_MEMLOCK is 8388608 bytes");
    }

    @Test
    void withoutANode() throws Exception {
        makeDevice("");
        Files.delete(npu.resolve("dev/accel/accel0"));
        assertThat(run(List.of(EMULATED_JAVA.toString()), "self-test"))
                .contains("DEVICE_NONE ", "/dev/accel/accel0 is not there");
    }

    /** The same object on the system that this was built on, which may be too old for XRT or have none. */
    @Test
    void withoutXrt() throws Exception {
        String output = run(List.of(System.getProperty("java.home") + "/bin/java"), "self-test");
        assumeThat(output).as("XRT can be loaded on this machine").doesNotStartWith("DEVICE_NONE");
        assertThat(output).contains("DEVICE_NO_BACK_END ", LIBRARY.toString(), "libxrt_coreutil.so.2", "XRT 2.25");
    }

    private String selfTest(String faults) throws Exception {
        makeDevice(faults);
        return run(List.of(EMULATED_JAVA.toString()), "self-test");
    }

    private void makeDevice(String faults) throws Exception {
        Process script = new ProcessBuilder("emulator/make_device.sh", npu.toString())
                .inheritIO()
                .start();
        assertThat(script.waitFor()).isZero();
        Files.writeString(npu.resolve("faults"), faults);
    }

    /** What the program wrote; it has to end by itself, and with 0. */
    private String run(List<String> java, String use, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of(
                "-Xmx128m",
                "-D" + Engine.LIBRARY_PROPERTY + "=" + BUILD.resolve("libamanuensis.so"),
                "-cp",
                System.getProperty("java.class.path"),
                XrtProgram.class.getName(),
                use,
                LIBRARY.toString(),
                OVERLAY.toString()));
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("AMANUENSIS_NPU_EMULATOR", npu.toString());
        Process program = builder.start();
        program.getOutputStream().close();
        String output = new String(program.getInputStream().readAllBytes());
        assertThat(program.waitFor(60, TimeUnit.SECONDS)).as(output).isTrue();
        assertThat(program.exitValue()).as(output).isZero();
        return output;
    }
}
