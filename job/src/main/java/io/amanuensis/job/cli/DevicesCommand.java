package io.amanuensis.job.cli;

import io.amanuensis.engine.DeviceCheck;
import io.amanuensis.engine.DeviceOptions;
import io.amanuensis.engine.EngineException;
import io.amanuensis.npu.Evidence;
import io.amanuensis.npu.LinuxRoots;
import io.amanuensis.npu.NpuReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code amanuensis devices}: whether this machine's NPU can be used, and what is missing. */
@Command(
        name = "devices",
        description = {
            "Looks for an NPU that the encoder can use.",
            "Prints each piece of evidence and, where something is missing, what to do about it. Opens no device unless it has something"
                    + " to test it with: products that it can check, with --overlay on the NPU, with --emulated on the one that the"
                    + " processor plays."
        },
        mixinStandardHelpOptions = true)
final class DevicesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--overlay",
            paramLabel = "DIR",
            description = "What runs on the NPU, with its overlay.json: tests the NPU, if there is one.")
    private Path overlay;

    @Option(names = "--emulated", description = "Tests the emulated NPU instead.")
    private boolean emulated;

    @Option(names = "--sysfs", paramLabel = "DIR", defaultValue = "/sys", description = "Where sysfs is mounted.")
    private Path sysfs;

    @Option(names = "--dev", paramLabel = "DIR", defaultValue = "/dev", description = "Where device nodes are.")
    private Path dev;

    @Override
    public Integer call() {
        boolean usable = emulated ? selfTest(DeviceOptions.emulated()) : realOne();
        PrintWriter out = spec.commandLine().getOut();
        out.println(usable ? verdict() : "No usable NPU: model.back-end cpu works, npu does not");
        out.flush();
        return usable ? ExitCode.OK : ExitCode.ENVIRONMENT;
    }

    private String verdict() {
        if (emulated) {
            return "Emulated NPU usable";
        }
        return overlay == null ? "NPU there; name its --overlay to load its runtime and test it" : "NPU usable";
    }

    private boolean realOne() {
        NpuReport report = NpuReport.of(LinuxRoots.DEFAULT.withSys(sysfs).withDev(dev));
        report.evidence().forEach(this::print);
        if (!report.isUsable() || overlay == null) {
            return report.isUsable();
        }
        DeviceOptions device = DeviceOptions.xrt(overlay.toString());
        return ask("library", DeviceCheck::probe, device) && selfTest(device);
    }

    private boolean selfTest(DeviceOptions device) {
        return ask("self-test", DeviceCheck::selfTest, device);
    }

    private boolean ask(String subject, Function<DeviceOptions, String> question, DeviceOptions device) {
        try {
            question.apply(device).lines().forEach(line -> print(new Evidence(subject, line, "")));
            return true;
        } catch (EngineException e) {
            print(new Evidence(subject, e.status().name(), e.getMessage()));
            return false;
        }
    }

    private void print(Evidence evidence) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%-4s %-14s %s%n", evidence.isMissing() ? "-" : "ok", evidence.subject(), evidence.found());
        if (evidence.isMissing()) {
            out.printf("%-4s %-14s -> %s%n", "", "", evidence.advice());
        }
    }
}
