package io.amanuensis.npu;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a PCI device's folder in sysfs says.
 *
 * @param driver name of the kernel driver bound to it; null if there is none
 */
record PciFunction(int vendor, int device, int revision, String driver) {

    /** @return empty if the folder is not that of a PCI device */
    static Optional<PciFunction> read(Path folder) {
        Optional<Integer> vendor = hex(folder.resolve("vendor"));
        Optional<Integer> device = hex(folder.resolve("device"));
        if (vendor.isEmpty() || device.isEmpty()) {
            return Optional.empty();
        }
        int revision = hex(folder.resolve("revision")).orElse(-1);
        return Optional.of(new PciFunction(vendor.get(), device.get(), revision, driver(folder.resolve("driver"))));
    }

    boolean isNpu() {
        return NpuGeneration.isNpu(vendor, device);
    }

    /** As lspci writes it: {@code 1022:17f0 (rev 10)}. */
    String id() {
        return "%04x:%04x (rev %s)".formatted(vendor, device, revision < 0 ? "unknown" : "%02x".formatted(revision));
    }

    private static Optional<Integer> hex(Path file) {
        return SmallFile.read(file).map(String::strip).flatMap(text -> {
            try {
                return Optional.of(Integer.decode(text));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        });
    }

    /** A link to the driver's folder, whose name is the driver's. */
    private static String driver(Path link) {
        return Files.exists(link) ? SmallFile.realPath(link).getFileName().toString() : null;
    }
}
