package io.amanuensis.job.npuplugin;

import io.amanuensis.npu.LinuxRoots;
import java.nio.file.Path;
import org.apache.flink.api.common.externalresource.ExternalResourceDriver;
import org.apache.flink.api.common.externalresource.ExternalResourceDriverFactory;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/**
 * Named by {@code external-resource.npu.driver-factory.class}. Its parameters, {@code external-resource.npu.param.*}: {@code
 * sysfs-root}, where to look instead of {@code /sys}.
 */
public final class NpuDriverFactory implements ExternalResourceDriverFactory {
    static final ConfigOption<String> SYSFS_ROOT =
            ConfigOptions.key("sysfs-root").stringType().noDefaultValue();

    @Override
    public ExternalResourceDriver createExternalResourceDriver(Configuration parameters) {
        String sysfsRoot = parameters.get(SYSFS_ROOT);
        return new NpuDriver(
                sysfsRoot == null ? LinuxRoots.DEFAULT : LinuxRoots.DEFAULT.withSys(Path.of(sysfsRoot)), sysfsRoot);
    }
}
