package io.amanuensis.job.cli;

import io.amanuensis.npu.Evidence;
import io.amanuensis.npu.LinuxRoots;
import io.amanuensis.npu.NpuReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code amanuensis devices}: whether this machine's NPU can be used, and what is missing. */
@Command(
        name = "devices",
        description = {
            "Looks for an NPU that the encoder can use.",
            "Prints each piece of evidence and, where something is missing, what to do about it. Changes nothing and opens no device."
        },
        mixinStandardHelpOptions = true)
final class DevicesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--sysfs", paramLabel = "DIR", defaultValue = "/sys", description = "Where sysfs is mounted.")
    private Path sysfs;

    @Option(names = "--dev", paramLabel = "DIR", defaultValue = "/dev", description = "Where device nodes are.")
    private Path dev;

    @Override
    public Integer call() {
        NpuReport report = NpuReport.of(LinuxRoots.DEFAULT.withSys(sysfs).withDev(dev));
        PrintWriter out = spec.commandLine().getOut();
        for (Evidence evidence : report.evidence()) {
            out.printf("%-4s %-14s %s%n", evidence.isMissing() ? "-" : "ok", evidence.subject(), evidence.found());
            if (evidence.isMissing()) {
                out.printf("%-4s %-14s -> %s%n", "", "", evidence.advice());
            }
        }
        out.println(report.isUsable() ? "NPU usable" : "No usable NPU: model.back-end cpu works, npu does not");
        out.flush();
        return report.isUsable() ? ExitCode.OK : ExitCode.ENVIRONMENT;
    }
}
