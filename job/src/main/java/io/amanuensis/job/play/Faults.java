package io.amanuensis.job.play;

/**
 * What happens to segments on their way.
 *
 * @param loss share of the segments that are never sent, 0 to 1
 * @param duplication share of the segments sent that are sent twice, 0 to 1: every second of them at once, the others up to
 *     {@link #LATE_COPY_MS} later
 * @param shuffleMs each segment is late by any time below this, so that segments less than this apart may change places; 0 for none
 * @param jitterMs each segment is late by any time below this, and none overtakes another; 0 for none
 * @param restartEveryMs in every stretch of this length of a call its producer restarts once; 0 for never
 */
public record Faults(double loss, double duplication, long shuffleMs, long jitterMs, long restartEveryMs) {
    /** Calls as they are. */
    public static final Faults NONE = new Faults(0, 0, 0, 0, 0);

    /** The latest that a copy comes after the segment itself. */
    public static final long LATE_COPY_MS = 2_000;

    private static final long MOST_MS = 3_600_000;

    public Faults {
        requireShare("loss", loss);
        requireShare("duplication", duplication);
        requireTime("shuffle", shuffleMs);
        requireTime("jitter", jitterMs);
        requireTime("restart-every", restartEveryMs);
    }

    /** The latest that anything is sent after it was spoken, restarts left aside. */
    long mostDelayMs() {
        return shuffleMs + jitterMs + (duplication > 0 ? LATE_COPY_MS : 0);
    }

    private static void requireShare(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("%s: %s; legal: 0 to 1".formatted(name, value));
        }
    }

    private static void requireTime(String name, long ms) {
        if (ms < 0 || ms > MOST_MS) {
            throw new IllegalArgumentException("%s: %d ms; legal: 0 to %d ms".formatted(name, ms, MOST_MS));
        }
    }
}
