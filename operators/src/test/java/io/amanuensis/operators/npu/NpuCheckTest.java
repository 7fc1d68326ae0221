package io.amanuensis.operators.npu;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.amanuensis.npu.LinuxRoots;
import io.amanuensis.npu.NpuProperty;
import io.amanuensis.npu.SysfsTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task demands the device that its task manager offered. */
class NpuCheckTest {
    private static final NpuCheck CHECK = new NpuCheck("npu");

    @TempDir
    Path folder;

    private LinuxRoots machine;
    private String node;

    @BeforeEach
    void anNpu() throws IOException {
        Path sys = SysfsTree.in(folder.resolve("sys")).withXdna2(0).root();
        machine = new LinuxRoots(sys, folder.resolve("dev"), folder.resolve("self"));
        Files.createDirectories(machine.dev().resolve("accel"));
        Files.writeString(
                Files.createDirectories(machine.self()).resolve("limits"),
                "Max locked memory  unlimited  unlimited  bytes");
        node = Files.createFile(machine.dev().resolve("accel/accel0")).toString();
    }

    @Test
    void theOfferedDeviceIsThere() {
        CHECK.verify(Set.of(info(Map.of(NpuProperty.NODE, node))), machine);
    }

    @Test
    void anOfferedDeviceThatIsGoneIsMissed() throws IOException {
        Files.delete(Path.of(node));

        assertThatIllegalStateException()
                .isThrownBy(() -> CHECK.verify(Set.of(info(Map.of(NpuProperty.NODE, node))), machine))
                .withMessageContaining("though it offers " + node)
                .withMessageContaining("does not exist");
    }

    /** A second device of the machine does not stand in for the one that was offered. */
    @Test
    void anotherDeviceIsNotTheOffered() {
        assertThatIllegalStateException()
                .isThrownBy(() -> CHECK.verify(Set.of(info(Map.of(NpuProperty.NODE, node + "1"))), machine))
                .withMessageContaining("though it offers " + node + "1");
    }

    @Test
    void theDeviceIsLookedForWhereThePluginFoundIt() throws IOException {
        String elsewhere = SysfsTree.in(folder.resolve("other")).root().toString();

        assertThatIllegalStateException()
                .isThrownBy(() -> CHECK.verify(
                        Set.of(info(Map.of(NpuProperty.NODE, node, NpuProperty.SYSFS_ROOT, elsewhere))), machine))
                .withMessageContaining(elsewhere);
    }

    /** As on a task manager without the plugin, or where the adaptive scheduler put the task. */
    @Test
    void aTaskWithoutAnOfferLooksForItself() throws IOException {
        CHECK.verify(Set.of(), machine);

        Files.delete(machine.sys().resolve("class/accel/accel0"));
        assertThatIllegalStateException()
                .isThrownBy(() -> CHECK.verify(Set.of(), machine))
                .withMessageContaining("no NPU to compute on. What is missing:")
                .withMessageContaining("amanuensis devices");
    }

    private static ExternalResourceInfo info(Map<String, String> properties) {
        return new ExternalResourceInfo() {
            @Override
            public Optional<String> getProperty(String key) {
                return Optional.ofNullable(properties.get(key));
            }

            @Override
            public Collection<String> getKeys() {
                return properties.keySet();
            }
        };
    }
}
