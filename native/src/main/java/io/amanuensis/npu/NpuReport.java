package io.amanuensis.npu;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The way from the PCI bus to a device that this process may open, and where it ends.
 *
 * @param evidence in the order of the way
 * @param usable the XDNA2 devices whose nodes this process may read and write; none if anything else is missing
 */
public record NpuReport(List<Evidence> evidence, List<Accelerator> usable) {

    public static NpuReport of(LinuxRoots roots) {
        List<Evidence> evidence = new ArrayList<>();
        List<Accelerator> accelerators = NpuScan.accelerators(roots);
        if (accelerators.stream().noneMatch(Accelerator::isXdna2)) {
            evidence.addAll(WhyNoDevice.evidence(roots, accelerators));
            return new NpuReport(evidence, List.of());
        }
        List<Accelerator> open = new ArrayList<>();
        for (Accelerator npu :
                accelerators.stream().filter(Accelerator::isXdna2).toList()) {
            evidence.add(Evidence.good(
                    "device",
                    "%s is an XDNA2, PCI %s, driver %s"
                            .formatted(npu.name(), npu.pciId(), npu.pci().driver())));
            Evidence access = NodeAccess.evidence(npu.node());
            evidence.add(access);
            if (!access.isMissing()) {
                open.add(npu);
            }
        }
        Evidence memory = lockedMemory(roots);
        evidence.add(memory);
        return new NpuReport(evidence, memory.isMissing() ? List.of() : open);
    }

    public boolean isUsable() {
        return !usable.isEmpty();
    }

    /** What is missing, with what to do about it, each on a line. */
    public String missing() {
        return evidence.stream()
                .filter(Evidence::isMissing)
                .map(Evidence::toString)
                .collect(Collectors.joining("\n"));
    }

    private static Evidence lockedMemory(LinuxRoots roots) {
        return LockedMemory.read(roots)
                .map(memory -> memory.suffices()
                        ? Evidence.good("locked memory", memory.inWords())
                        : Evidence.missing(
                                "locked memory",
                                "%s; a device context pins %d MiB and its buffers"
                                        .formatted(memory.inWords(), LockedMemory.LEAST_BYTES >> 20),
                                "raise it: 'ulimit -l unlimited' in a shell, LimitMEMLOCK=infinity in a systemd unit,"
                                        + " --ulimit memlock=-1:-1 or the capability IPC_LOCK for a container"))
                .orElseGet(() -> Evidence.missing(
                        "locked memory",
                        roots.self().resolve("limits") + " does not say how much this process may pin",
                        "mount /proc"));
    }
}
