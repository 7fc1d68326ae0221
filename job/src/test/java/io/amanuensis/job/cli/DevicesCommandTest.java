package io.amanuensis.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.npu.SysfsTree;
import java.nio.file.Files;
import java.nio.file.Path;
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
        assertThat(devices(sysfs).out()).contains("ok   node ").contains("locked memory");
    }

    private CommandRun devices(SysfsTree sysfs) {
        return CommandRun.of(
                "devices",
                "--sysfs",
                sysfs.root().toString(),
                "--dev",
                machine.resolve("dev").toString());
    }
}
