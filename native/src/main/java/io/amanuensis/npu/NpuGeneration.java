package io.amanuensis.npu;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** The NPUs that the Linux driver amdxdna knows, by what PCI says of them. Source: the driver's table of devices. */
public enum NpuGeneration {
    /** Phoenix, Hawk Point. Another array than XDNA2's: what is compiled for one does not run on the other. */
    XDNA1(0x1502, Set.of(0x00)),
    /** Strix, Strix Halo, Krackan. */
    XDNA2(0x17f0, Set.of(0x10, 0x11, 0x20));

    static final int AMD = 0x1022;

    private final int device;
    private final Set<Integer> revisions;

    NpuGeneration(int device, Set<Integer> revisions) {
        this.device = device;
        this.revisions = revisions;
    }

    /** Empty for what is no NPU of AMD, or one of a revision that nobody has vouched for. */
    static Optional<NpuGeneration> of(int vendor, int device, int revision) {
        return Arrays.stream(values())
                .filter(generation -> vendor == AMD && generation.device == device)
                .filter(generation -> generation.revisions.contains(revision))
                .findFirst();
    }

    /** Whether vendor and device are an NPU's, whatever its revision. */
    static boolean isNpu(int vendor, int device) {
        return vendor == AMD && Arrays.stream(values()).anyMatch(generation -> generation.device == device);
    }
}
