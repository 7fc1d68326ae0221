package io.amanuensis.npu;

import java.util.Optional;

/**
 * How much memory this process may pin. The driver pins the heap of every device context, 64 MiB, and all buffers, and refuses
 * what goes beyond the limit with "Resource temporarily unavailable".
 *
 * @param limitBytes {@link Long#MAX_VALUE} for unlimited
 */
record LockedMemory(long limitBytes) {
    /** The device's heap and the smallest buffers; models take their weights on top. */
    static final long LEAST_BYTES = 70L << 20;

    private static final String LIMIT = "Max locked memory";
    private static final String CAPABILITIES = "CapEff:";
    private static final int CAP_IPC_LOCK = 14;
    private static final int HEXADECIMAL = 16;

    /** @return empty if the kernel does not say */
    static Optional<LockedMemory> read(LinuxRoots roots) {
        if (mayLockAnything(roots)) {
            return Optional.of(new LockedMemory(Long.MAX_VALUE));
        }
        return SmallFile.read(roots.self().resolve("limits"))
                .flatMap(text ->
                        text.lines().filter(line -> line.startsWith(LIMIT)).findFirst())
                .map(line -> line.substring(LIMIT.length()).strip().split("\\s+")[0])
                .map(soft -> new LockedMemory(soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft)));
    }

    boolean suffices() {
        return limitBytes >= LEAST_BYTES;
    }

    String inWords() {
        return limitBytes == Long.MAX_VALUE ? "unlimited" : (limitBytes >> 10) + " KiB";
    }

    private static boolean mayLockAnything(LinuxRoots roots) {
        return SmallFile.read(roots.self().resolve("status")).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith(CAPABILITIES))
                .map(line -> Long.parseUnsignedLong(
                        line.substring(CAPABILITIES.length()).strip(), HEXADECIMAL))
                .anyMatch(capabilities -> (capabilities >> CAP_IPC_LOCK & 1) == 1);
    }
}
