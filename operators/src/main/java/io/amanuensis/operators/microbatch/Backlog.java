package io.amanuensis.operators.microbatch;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/**
 * How much work stands before the speech engine of this process and has not been begun: what a {@link YieldingOperator} gives way
 * to. The threads of the engine are the process's, and so is this. Thread-safe.
 */
public final class Backlog {
    private static final Set<IntSupplier> QUEUES = ConcurrentHashMap.newKeySet();

    private Backlog() {}

    /** @param length elements that wait; called by any thread until it is removed */
    static void add(IntSupplier length) {
        QUEUES.add(length);
    }

    static void remove(IntSupplier length) {
        QUEUES.remove(length);
    }

    /** Whether anything waits. */
    public static boolean isEmpty() {
        return QUEUES.stream().allMatch(queue -> queue.getAsInt() == 0);
    }
}
