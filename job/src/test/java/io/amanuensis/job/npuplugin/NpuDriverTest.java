package io.amanuensis.job.npuplugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.npu.NpuProperty;
import io.amanuensis.npu.SysfsTree;
import java.nio.file.Path;
import java.util.Collection;
import java.util.ServiceLoader;
import org.apache.flink.api.common.externalresource.ExternalResourceDriver;
import org.apache.flink.api.common.externalresource.ExternalResourceDriverFactory;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the plugin tells Flink of a machine. */
class NpuDriverTest {
    @TempDir
    Path folder;

    @Test
    void xdna2DevicesAreOfferedInTheirOrder() throws Exception {
        SysfsTree sysfs = SysfsTree.in(folder.resolve("sys"));
        sysfs.withXdna2(3)
                .withAccelerator(0, "0x8086", "0x7d1d", "0x04", "intel_vpu")
                .withXdna2(1)
                .withXdna2(2);

        Collection<? extends ExternalResourceInfo> offered = driver(sysfs).retrieveResourceInfo(2);

        assertThat(offered)
                .extracting(info -> info.getProperty(NpuProperty.INDEX).orElseThrow())
                .containsExactly("1", "2");
        assertThat(offered).first().satisfies(info -> {
            assertThat(info.getProperty(NpuProperty.NODE)).contains("/dev/accel/accel1");
            assertThat(info.getProperty(NpuProperty.PCI_ID)).contains("1022:17f0 (rev 10)");
            assertThat(info.getProperty(NpuProperty.SYSFS_ROOT))
                    .contains(sysfs.root().toString());
        });
    }

    /** Flink would log an exception and offer what is not there. */
    @Test
    void aMissingNpuEndsTheTaskManager() throws Exception {
        SysfsTree sysfs =
                SysfsTree.in(folder.resolve("sys")).withAccelerator(0, "0x8086", "0x7d1d", "0x04", "intel_vpu");

        assertThatThrownBy(() -> driver(sysfs).retrieveResourceInfo(1))
                .isInstanceOf(Error.class)
                .hasMessageContaining("offer 1 NPU, and 0 found")
                .hasMessageContaining("8086:7d1d")
                .hasMessageContaining("external-resources");
    }

    private static ExternalResourceDriver driver(SysfsTree sysfs) throws Exception {
        Configuration parameters = new Configuration();
        parameters.set(NpuDriverFactory.SYSFS_ROOT, sysfs.root().toString());
        ExternalResourceDriverFactory factory = ServiceLoader.load(ExternalResourceDriverFactory.class).stream()
                .filter(provider -> provider.type() == NpuDriverFactory.class)
                .findFirst()
                .orElseThrow()
                .get();
        return factory.createExternalResourceDriver(parameters);
    }
}
