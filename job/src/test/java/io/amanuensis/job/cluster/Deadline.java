package io.amanuensis.job.cluster;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for a condition that can only be asked for, never longer than its time. */
public final class Deadline {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Duration limit;
    private final long endNanos;

    private Deadline(Duration limit) {
        this.limit = limit;
        this.endNanos = System.nanoTime() + limit.toNanos();
    }

    public static Deadline in(Duration limit) {
        return new Deadline(limit);
    }

    /**
     * Asks until the answer is as wanted.
     *
     * @param what names what is waited for
     * @throws AssertionError with the last answer if it is not in time
     */
    public <T> T await(String what, Callable<T> question, Predicate<T> wanted) throws Exception {
        return await(what, question, wanted, () -> "");
    }

    /** @param explanation is added to the message of a failure */
    public <T> T await(String what, Callable<T> question, Predicate<T> wanted, Supplier<String> explanation)
            throws Exception {
        while (true) {
            T answer = question.call();
            if (wanted.test(answer)) {
                return answer;
            }
            if (System.nanoTime() > endNanos) {
                throw new AssertionError(
                        what + " not within " + limit.toSeconds() + " s; last seen: " + answer + explanation.get());
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }
}
