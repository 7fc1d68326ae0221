package io.amanuensis.job.demo;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** When a piece of sound may be sent. */
@FunctionalInterface
public interface Pace {
    /** As fast as Kafka takes it. */
    Pace UNPACED = audioMs -> {};

    /** Returns when sound that begins {@code audioMs} into the calls is due. */
    void await(long audioMs) throws InterruptedException;

    /**
     * Faster than life by a factor. The schedule is absolute: whoever falls behind catches up.
     *
     * @param speed above 0; 1 is real time
     */
    static Pace times(double speed) {
        return times(speed, System::nanoTime, TimeUnit.NANOSECONDS::sleep);
    }

    static Pace times(double speed, LongSupplier nanoTime, Sleep sleep) {
        if (!(speed > 0) || Double.isInfinite(speed)) {
            throw new IllegalArgumentException("speed must be a number above 0, is " + speed);
        }
        long startNanos = nanoTime.getAsLong();
        return audioMs -> {
            long dueNanos = Math.round(TimeUnit.MILLISECONDS.toNanos(audioMs) / speed);
            long aheadNanos = dueNanos - (nanoTime.getAsLong() - startNanos);
            if (aheadNanos > 0) {
                sleep.nanos(aheadNanos);
            }
        };
    }

    /** Lets time pass. */
    @FunctionalInterface
    interface Sleep {
        void nanos(long nanos) throws InterruptedException;
    }
}
