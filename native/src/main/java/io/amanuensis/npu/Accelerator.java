package io.amanuensis.npu;

import java.nio.file.Path;
import java.util.Optional;

/**
 * An entry of the kernel's class of accelerators: of any maker, so that its mere existence proves nothing.
 *
 * @param index N of accelN
 * @param node where programs open it, such as /dev/accel/accel0
 */
public record Accelerator(int index, Path node, PciFunction pci) {
    /** The kernel driver of AMD's NPUs. */
    static final String DRIVER = "amdxdna";

    public String name() {
        return "accel" + index;
    }

    /** As lspci writes it: {@code 1022:17f0 (rev 10)}. */
    public String pciId() {
        return pci.id();
    }

    /** Empty for what is no NPU of AMD. */
    public Optional<NpuGeneration> generation() {
        return NpuGeneration.of(pci.vendor(), pci.device(), pci.revision());
    }

    /** Whether it is an XDNA2 under the driver that programs reach it through. */
    public boolean isXdna2() {
        return generation().equals(Optional.of(NpuGeneration.XDNA2)) && DRIVER.equals(pci.driver());
    }
}
