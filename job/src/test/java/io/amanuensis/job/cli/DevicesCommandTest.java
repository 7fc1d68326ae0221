package io.amanuensis.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.npu.SysfsTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees who asks for the machine's NPU. */
class DevicesCommandTest {
    @TempDir
    Path machine;

    @Test
    void aMachineWithoutOneSaysWhatWasLookedFor() throws Exception {
        CommandRun run = devices(SysfsTree.in(machine.resolve("sys")));

        assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.out()).contains("-    device", "1022:17f0", "-> use a machine", "No usable NPU");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void eachStepOfTheWayIsShown() throws Exception {
        SysfsTree sysfs = SysfsTree.in(machine.resolve("sys")).withXdna2(0);

        assertThat(devices(sysfs).out())
                .contains("ok   device         accel0 is an XDNA2, PCI 1022:17f0 (rev 10), driver amdxdna")
                .contains("-    node ", "--device=");

        Files.createFile(Files.createDirectories(machine.resolve("dev/accel")).resolve("accel0"));
        assertThat(devices(sysfs).out()).contains("ok   node ", "locked memory");
        // A node that is no device, and no overlay: the way ends at the runtime at the latest.
        assertThat(devices(sysfs, "--overlay", machine.toString()).out())
                .containsPattern("-    (library|locked memory) ")
                .contains("No usable NPU");
    }

    @Test
    void theEmulatedNpuPassesItsTest() {
        CommandRun run = CommandRun.of("devices", "--emulated");

        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("ok   self-test      result: pass", "Emulated NPU usable");
    }

    private CommandRun devices(SysfsTree sysfs, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "devices",
                "--sysfs",
                sysfs.root().toString(),
                "--dev",
                machine.resolve("dev").toString()));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }
}
