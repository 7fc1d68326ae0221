package io.amanuensis.operators.npu;

import io.amanuensis.npu.Accelerator;
import io.amanuensis.npu.LinuxRoots;
import io.amanuensis.npu.NpuProperty;
import io.amanuensis.npu.NpuReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for the NPU that the task was placed for. Flink cannot be trusted with this: a task manager goes on offering an external
 * resource whose driver found nothing, and the adaptive scheduler ignores the resource.
 *
 * @param resourceName the external resource that the task's slot took
 */
public record NpuCheck(String resourceName) implements TaskCheck {
    private static final Logger LOG = LoggerFactory.getLogger(NpuCheck.class);

    @Override
    public void verify(RuntimeContext context) {
        verify(context.getExternalResourceInfos(resourceName), LinuxRoots.DEFAULT);
    }

    void verify(Set<ExternalResourceInfo> given, LinuxRoots machine) {
        if (given.isEmpty()) {
            LOG.warn(
                    "the external resource {} says nothing of its devices: the plugin is not in plugins/npu of this task"
                            + " manager, or its driver-factory.class is not set; looking in /sys instead",
                    resourceName);
            requireUsable(NpuReport.of(machine), Optional.empty());
        }
        for (ExternalResourceInfo npu : given) {
            LinuxRoots roots = npu.getProperty(NpuProperty.SYSFS_ROOT)
                    .map(root -> machine.withSys(Path.of(root)))
                    .orElse(machine);
            requireUsable(NpuReport.of(roots), npu.getProperty(NpuProperty.NODE));
        }
    }

    private void requireUsable(NpuReport report, Optional<String> node) {
        List<String> usable = report.usable().stream()
                .map(Accelerator::node)
                .map(Path::toString)
                .toList();
        if (node.map(usable::contains).orElse(!usable.isEmpty())) {
            LOG.info("NPU of this task: {}", report.evidence());
            return;
        }
        throw new IllegalStateException(
                "model.back-end is npu, but this task manager has no NPU to compute on%s. What is missing:\n%s\n'amanuensis devices' on this machine says more. If another task manager has one, the job manager's scheduler ignores external resources: it has to be jobmanager.scheduler: default"
                        .formatted(
                                node.map(name -> ", though it offers " + name).orElse(""), missing(report)));
    }

    private static String missing(NpuReport report) {
        return report.missing().isEmpty() ? String.valueOf(report.evidence()) : report.missing();
    }
}
