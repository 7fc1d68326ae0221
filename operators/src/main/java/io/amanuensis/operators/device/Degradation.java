package io.amanuensis.operators.device;

import java.util.function.LongSupplier;

/**
 * How deep the work must go down to keep up: nothing below {@link Level#CPU} while all is well, a step after some strains in a row, a
 * step back up after a stable time. The steps never follow one another faster than the strains or the stable time allow, so that
 * it does not swing. Thread-safe.
 */
public final class Degradation {
    private final DegradationSettings settings;
    private final LongSupplier clockMs;
    private int level = Level.CPU;
    private int strains; // in a row
    private long stableSinceMs;

    /** @param clockMs never goes back */
    public Degradation(DegradationSettings settings, LongSupplier clockMs) {
        this.settings = settings;
        this.clockMs = clockMs;
    }

    /** A window waited too long, or failed for no fault of its own. @return {@link #level} */
    public synchronized int strained() {
        stableSinceMs = clockMs.getAsLong();
        strains++;
        if (strains >= settings.strains()) {
            strains = 0;
            level = Math.min(level + 1, settings.deepest());
        }
        return level;
    }

    /** A window had an easy time. @return {@link #level} */
    public synchronized int eased() {
        strains = 0;
        return level();
    }

    /** The level that windows must be at least at: CPU asks nothing of them. */
    public synchronized int level() {
        long now = clockMs.getAsLong();
        if (level > Level.CPU && now - stableSinceMs >= settings.stable().toMillis()) {
            level--;
            stableSinceMs = now;
        }
        return level;
    }
}
