package io.amanuensis.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Devices that have computed wrong numbers: no job is to use them again in this process. Here and not in the job, because a job that
 * is submitted again comes with classes of its own, which know nothing of those before; this module's jar lies in Flink's {@code lib/}.
 * Thread-safe.
 */
public final class QuarantinedDevices {
    private static final Set<String> NAMES = ConcurrentHashMap.newKeySet();

    private QuarantinedDevices() {}

    /** @param device names its context */
    public static void add(String device) {
        NAMES.add(device);
    }

    public static boolean contains(String device) {
        return NAMES.contains(device);
    }
}
