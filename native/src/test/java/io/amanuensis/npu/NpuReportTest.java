package io.amanuensis.npu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is taken for an XDNA2, and what a person is told where there is none to use. */
class NpuReportTest {
    @TempDir
    Path machine;

    private SysfsTree sysfs;
    private LinuxRoots roots;

    @BeforeEach
    void build() throws IOException {
        sysfs = SysfsTree.in(machine.resolve("sys"));
        roots = new LinuxRoots(sysfs.root(), machine.resolve("dev"), machine.resolve("self"));
        Files.createDirectories(roots.self());
        lockedMemory("unlimited");
    }

    @ParameterizedTest
    @CsvSource({"0x10", "0x11", "0x20"})
    void eachRevisionOfXdna2IsUsable(String revision) throws IOException {
        sysfs.withAccelerator(0, "0x1022", "0x17f0", revision, "amdxdna");
        node(0);

        NpuReport report = NpuReport.of(roots);

        assertThat(report.usable())
                .containsExactly(new Accelerator(
                        0,
                        machine.resolve("dev/accel/accel0"),
                        new PciFunction(0x1022, 0x17f0, Integer.decode(revision), "amdxdna")));
        assertThat(report.missing()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0x8086, 0x7d1d, 0x04, intel_vpu, no NPU of AMD",
        "0x1022, 0x1502, 0x00, amdxdna, an XDNA1",
        "0x1022, 0x17f0, 0x12, amdxdna, a revision that is not known",
        "0x1022, 0x17f0, 0x10, vfio-pci, bind the driver amdxdna",
        "0x1002, 0x17f0, 0x10, amdxdna, no NPU of AMD"
    })
    void anotherAcceleratorIsNamedAndNotUsed(String vendor, String device, String revision, String driver, String said)
            throws IOException {
        sysfs.withAccelerator(0, vendor, device, revision, driver);
        node(0);

        NpuReport report = NpuReport.of(roots);

        assertThat(report.isUsable()).isFalse();
        assertThat(NpuScan.xdna2(roots)).isEmpty();
        assertThat(report.missing()).contains(said, "accel0", device.substring(2));
    }

    /** The node is there, as any accelerator's would be. */
    @Test
    void aNodeAloneIsNoDevice() throws IOException {
        node(0);

        assertThat(NpuReport.of(roots).missing()).contains("no NPU", "1022:17f0");
    }

    @Test
    void theXdna2IsFoundAmongOthers() throws IOException {
        sysfs.withAccelerator(10, "0x1022", "0x17f0", "0x10", "amdxdna");
        sysfs.withAccelerator(0, "0x8086", "0x7d1d", "0x04", "intel_vpu");
        sysfs.withXdna2(2);
        node(2);
        node(10);

        assertThat(NpuReport.of(roots).usable()).extracting(Accelerator::index).containsExactly(2, 10);
    }

    @Test
    void aDeviceWithoutDriverLeadsToTheDriver() throws IOException {
        sysfs.withPciDevice("0x1022", "0x17f0", "0x10", null);

        assertThat(NpuReport.of(roots).missing()).contains("no driver has it", "modprobe amdxdna", "6.14");
    }

    @Test
    void aNodeThatIsNotPassedIntoTheContainerIsMissed() throws IOException {
        sysfs.withXdna2(0);

        NpuReport report = NpuReport.of(roots);

        assertThat(report.isUsable()).isFalse();
        assertThat(report.missing()).contains("does not exist", "--device=" + machine.resolve("dev/accel/accel0"));
    }

    @Test
    void aNodeOfAnotherGroupIsMissed() throws IOException {
        sysfs.withXdna2(0);
        Path node = node(0);
        Files.setPosixFilePermissions(node, PosixFilePermissions.fromString("---------"));
        assumeTrue(!Files.isReadable(node), "this user reads everything");

        assertThat(NpuReport.of(roots).missing()).contains("not to be read and written", "usermod -aG render");
    }

    @Test
    void tooLittleLockedMemoryIsMissed() throws IOException {
        sysfs.withXdna2(0);
        node(0);
        lockedMemory("8388608");

        NpuReport report = NpuReport.of(roots);

        assertThat(report.isUsable()).isFalse();
        assertThat(report.missing()).contains("8192 KiB", "LimitMEMLOCK=infinity");
    }

    @Test
    void lockedMemoryOfTheDevicesHeapAndLittleMoreIsEnough() throws IOException {
        lockedMemory(Long.toString(LockedMemory.LEAST_BYTES - 1));
        assertThat(LockedMemory.read(roots).orElseThrow().suffices()).isFalse();

        lockedMemory(Long.toString(LockedMemory.LEAST_BYTES));
        assertThat(LockedMemory.read(roots).orElseThrow().suffices()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0000000000004000, true", "0000000000003fff, false", "0000000000008000, false"})
    void whoMayLockAnythingNeedsNoLimit(String capabilities, boolean suffices) throws IOException {
        lockedMemory("65536");
        Files.writeString(roots.self().resolve("status"), "Name:\tjava\nCapEff:\t" + capabilities + "\n");

        assertThat(LockedMemory.read(roots).orElseThrow().suffices()).isEqualTo(suffices);
    }

    @Test
    void thisMachineAnswers() {
        assertThat(LockedMemory.read(LinuxRoots.DEFAULT)).isPresent();
        assertThat(NpuReport.of(LinuxRoots.DEFAULT).evidence()).isNotEmpty();
    }

    private Path node(int index) throws IOException {
        Path folder = Files.createDirectories(roots.dev().resolve("accel"));
        return Files.writeString(folder.resolve("accel" + index), "");
    }

    private void lockedMemory(String soft) throws IOException {
        Files.write(
                roots.self().resolve("limits"),
                List.of(
                        "Limit                     Soft Limit           Hard Limit           Units",
                        "Max processes             95000                95000                processes",
                        "Max locked memory         %-20s unlimited            bytes".formatted(soft)));
    }
}
