package io.amanuensis.operators.encode;

/**
 * Whether the CPU takes windows off a device that is busy: from the first one that is spilled to the first batch that reaches the device
 * in half the time that a window waits for it at most. A device at its limit spills and keeps up in turn; news of each turn would
 * say nothing. Thread-safe.
 */
final class Saturation {
    /** Told of each change, without the lock. */
    interface Listener {
        /** A window has waited too long. */
        void began();

        /** The device keeps up. @param spilled windows since it did not */
        void ended(long spilled);
    }

    private final long spillAfterMs;
    private final Listener listener;
    private boolean spilling;
    private long spilled; // since it began

    Saturation(long spillAfterMs, Listener listener) {
        this.spillAfterMs = spillAfterMs;
        this.listener = listener;
    }

    synchronized boolean isSpilling() {
        return spilling;
    }

    /** So many windows go to the CPU. */
    void spilled(int windows) {
        boolean begins;
        synchronized (this) {
            begins = !spilling;
            spilling = true;
            spilled = (begins ? 0 : spilled) + windows;
        }
        if (begins) {
            listener.began();
        }
    }

    /** A batch has reached the device. @param waitedMs its first window */
    void reached(long waitedMs) {
        long counted;
        synchronized (this) {
            if (!spilling || 2 * waitedMs > spillAfterMs) {
                return;
            }
            spilling = false;
            counted = spilled;
        }
        listener.ended(counted);
    }
}
