package io.amanuensis.npu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A machine's /sys as far as accelerators are in it, with the links that Linux makes; for tests. */
public final class SysfsTree {
    private final Path root;
    private int functions;

    private SysfsTree(Path root) {
        this.root = root;
    }

    /** @param folder a new one is made there */
    public static SysfsTree in(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("class/accel"));
        Files.createDirectories(folder.resolve("bus/pci/devices"));
        return new SysfsTree(folder);
    }

    public Path root() {
        return root;
    }

    /** An accelN of a Strix under its driver. */
    public SysfsTree withXdna2(int index) throws IOException {
        return withAccelerator(index, "0x1022", "0x17f0", "0x10", "amdxdna");
    }

    /** @param driver null for none */
    public SysfsTree withAccelerator(int index, String vendor, String device, String revision, String driver)
            throws IOException {
        Path accelerator = pci(vendor, device, revision, driver).resolve("accel/accel" + index);
        Files.createDirectories(accelerator);
        Files.createSymbolicLink(accelerator.resolve("device"), Path.of("..", ".."));
        Files.createSymbolicLink(
                root.resolve("class/accel/accel" + index),
                root.resolve("class/accel").relativize(accelerator));
        return this;
    }

    /** On the bus, but no accelerator. */
    public SysfsTree withPciDevice(String vendor, String device, String revision, String driver) throws IOException {
        pci(vendor, device, revision, driver);
        return this;
    }

    private Path pci(String vendor, String device, String revision, String driver) throws IOException {
        String address = "0000:c5:00.%d".formatted(functions++);
        Path folder = Files.createDirectories(root.resolve("devices/pci0000:00").resolve(address));
        Files.writeString(folder.resolve("vendor"), vendor + "\n");
        Files.writeString(folder.resolve("device"), device + "\n");
        Files.writeString(folder.resolve("revision"), revision + "\n");
        Path devices = root.resolve("bus/pci/devices");
        Files.createSymbolicLink(devices.resolve(address), devices.relativize(folder));
        if (driver != null) {
            Path drivers = Files.createDirectories(root.resolve("bus/pci/drivers").resolve(driver));
            Files.createSymbolicLink(folder.resolve("driver"), folder.relativize(drivers));
        }
        return folder;
    }
}
