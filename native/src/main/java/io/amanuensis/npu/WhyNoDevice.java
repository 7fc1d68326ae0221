package io.amanuensis.npu;

import java.util.ArrayList;
import java.util.List;

/** How far a machine without a usable device gets, and the next step from there. */
final class WhyNoDevice {
    private static final String SUBJECT = "device";

    private WhyNoDevice() {}

    static List<Evidence> evidence(LinuxRoots roots, List<Accelerator> accelerators) {
        List<Evidence> evidence = new ArrayList<>();
        accelerators.forEach(accelerator -> evidence.add(notUsable(accelerator)));
        List<PciFunction> unbound = NpuScan.npusOnTheBus(roots).stream()
                .filter(npu -> !Accelerator.DRIVER.equals(npu.driver()))
                .toList();
        unbound.forEach(npu -> evidence.add(withoutDriver(npu)));
        if (evidence.isEmpty()) {
            evidence.add(Evidence.missing(
                    SUBJECT,
                    "no NPU: nothing in %s, and no PCI device 1022:17f0 in %s"
                            .formatted(
                                    roots.sys().resolve("class/accel"),
                                    roots.sys().resolve("bus/pci/devices")),
                    "use a machine with a Ryzen AI 300 or later and its NPU switched on in the firmware; in a container, /sys must be"
                            + " the host's"));
        }
        return evidence;
    }

    private static Evidence notUsable(Accelerator accelerator) {
        PciFunction pci = accelerator.pci();
        String what = "%s is PCI %s, driver %s".formatted(accelerator.name(), pci.id(), pci.driver());
        if (!pci.isNpu()) {
            return Evidence.missing(SUBJECT, what + ": no NPU of AMD", "none but AMD's XDNA2 (1022:17f0) is supported");
        }
        if (accelerator.generation().isEmpty()) {
            return Evidence.missing(
                    SUBJECT,
                    what + ": a revision that is not known",
                    "known of 1022:17f0 are 10, 11 and 20; report this one");
        }
        if (accelerator.generation().get() == NpuGeneration.XDNA1) {
            return Evidence.missing(SUBJECT, what + ": an XDNA1", "the overlay needs the array of an XDNA2");
        }
        return Evidence.missing(SUBJECT, what, "bind the driver %s to it".formatted(Accelerator.DRIVER));
    }

    private static Evidence withoutDriver(PciFunction npu) {
        return Evidence.missing(
                SUBJECT,
                "PCI %s is there, but %s"
                        .formatted(npu.id(), npu.driver() == null ? "no driver has it" : npu.driver() + " has it"),
                "load the driver: 'modprobe %s' with Linux 6.14 or later and its firmware; 'dmesg | grep %s' says why it fails"
                        .formatted(Accelerator.DRIVER, Accelerator.DRIVER));
    }
}
