package io.amanuensis.job.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/** Ends a wait in which nothing moves any more. */
public final class StallWatch {
    private final Duration limit;
    private final LongSupplier nanoTime;
    private List<?> last = List.of();
    private long movedNanos;

    public StallWatch(Duration limit, LongSupplier nanoTime) {
        this.limit = limit;
        this.nanoTime = nanoTime;
        this.movedNanos = nanoTime.getAsLong();
    }

    /**
     * @param waitingFor for the message
     * @param progress whatever changes while all is well
     * @throws IOException if {@code progress} has been the same for the limit
     */
    public void check(String waitingFor, Object... progress) throws IOException {
        long now = nanoTime.getAsLong();
        List<?> current = List.of(progress);
        if (!current.equals(last)) {
            last = current;
            movedNanos = now;
        } else if (now - movedNanos > limit.toNanos()) {
            throw new IOException("nothing has moved for " + limit.toSeconds() + " s while waiting for " + waitingFor
                    + "; progress was " + current);
        }
    }
}
