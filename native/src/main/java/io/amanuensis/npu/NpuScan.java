package io.amanuensis.npu;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what sysfs says of accelerators. */
public final class NpuScan {
    private static final Pattern NAME = Pattern.compile("accel(\\d{1,4})");

    private NpuScan() {}

    /** Every accelerator of the machine that is a PCI device, in the order of their numbers. */
    public static List<Accelerator> accelerators(LinuxRoots roots) {
        return SmallFile.list(roots.sys().resolve("class/accel")).stream()
                .flatMap(entry -> accelerator(entry, roots).stream())
                .sorted(Comparator.comparingInt(Accelerator::index))
                .toList();
    }

    /** The accelerators that the NPU back end computes on. */
    public static List<Accelerator> xdna2(LinuxRoots roots) {
        return accelerators(roots).stream().filter(Accelerator::isXdna2).toList();
    }

    /** NPUs on the bus, those among them that no driver has made an accelerator of. */
    static List<PciFunction> npusOnTheBus(LinuxRoots roots) {
        return SmallFile.list(roots.sys().resolve("bus/pci/devices")).stream()
                .flatMap(folder -> PciFunction.read(folder).stream())
                .filter(PciFunction::isNpu)
                .toList();
    }

    private static Optional<Accelerator> accelerator(Path entry, LinuxRoots roots) {
        Matcher name = NAME.matcher(entry.getFileName().toString());
        if (!name.matches()) {
            return Optional.empty();
        }
        return PciFunction.read(entry.resolve("device"))
                .map(pci -> new Accelerator(
                        Integer.parseInt(name.group(1)),
                        roots.dev().resolve("accel").resolve(name.group()),
                        pci));
    }
}
