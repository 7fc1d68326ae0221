package io.amanuensis.job.npuplugin;

import io.amanuensis.npu.NpuReport;

/**
 * Ends a task manager that is to offer more NPUs than there are. An error and not an exception: Flink logs an exception and offers
 * the resource all the same, and would then send the encoder here again and again, whatever other task managers have.
 */
final class MissingNpuError extends Error {
    private static final long serialVersionUID = 1;

    MissingNpuError(long wanted, int found, NpuReport report) {
        super("This task manager is configured to offer %d NPU, and %d found.\n%s\n"
                        .formatted(wanted, found, report.missing())
                + "Make the device available, lower external-resource.npu.amount, or start this task manager without"
                + " external-resources: npu");
    }
}
