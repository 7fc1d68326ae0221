package io.amanuensis.operators.sequence;

/** Lets at most one warning through per interval and counts the others. For one thread. */
final class WarnLimiter {
    private final long intervalNanos;
    private long nextNanos;
    private boolean any;
    private long suppressed;

    WarnLimiter(long intervalNanos) {
        this.intervalNanos = intervalNanos;
    }

    /**
     * @param nowNanos {@link System#nanoTime}
     * @return how many warnings were held back since the last that went through, or -1: hold this one back too
     */
    long tryWarn(long nowNanos) {
        if (any && nowNanos - nextNanos < 0) {
            suppressed++;
            return -1;
        }
        any = true;
        nextNanos = nowNanos + intervalNanos;
        long held = suppressed;
        suppressed = 0;
        return held;
    }
}
