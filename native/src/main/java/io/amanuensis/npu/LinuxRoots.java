package io.amanuensis.npu;

import java.nio.file.Path;

/**
 * Where to look.
 *
 * @param sys usually /sys
 * @param dev usually /dev
 * @param self usually /proc/self
 */
public record LinuxRoots(Path sys, Path dev, Path self) {
    public static final LinuxRoots DEFAULT = new LinuxRoots(Path.of("/sys"), Path.of("/dev"), Path.of("/proc/self"));

    /** The same machine with another sysfs; for tests, which have no device to offer. */
    public LinuxRoots withSys(Path newSys) {
        return new LinuxRoots(newSys, dev, self);
    }

    /** The same machine with other device nodes. */
    public LinuxRoots withDev(Path newDev) {
        return new LinuxRoots(sys, newDev, self);
    }
}
