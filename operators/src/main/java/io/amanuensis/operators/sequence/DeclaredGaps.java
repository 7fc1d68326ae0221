package io.amanuensis.operators.sequence;

import java.util.Arrays;

/** The gaps given up in one channel and epoch: keyed state, of bounded size. Tells a late segment from a duplicate. */
public final class DeclaredGaps {
    static final int MAX_GAPS = 64;

    /** First and last sequence of each gap, both inclusive, in order. */
    public long[] bounds = {};

    /** Of sequences below this nothing is known any more. */
    public long knownFrom;

    public DeclaredGaps() {}

    /** @param first above every gap so far */
    void add(long first, long last) {
        if (bounds.length == 2 * MAX_GAPS) {
            knownFrom = bounds[1] + 1;
            bounds = Arrays.copyOfRange(bounds, 2, bounds.length);
        }
        bounds = Arrays.copyOf(bounds, bounds.length + 2);
        bounds[bounds.length - 2] = first;
        bounds[bounds.length - 1] = last;
    }

    /** Whether the segment's place was given up. True where it is no longer known: a dead letter too many loses nothing. */
    boolean mayContain(long sequence) {
        if (sequence < knownFrom) {
            return true;
        }
        for (int i = 0; i < bounds.length; i += 2) {
            if (bounds[i] <= sequence && sequence <= bounds[i + 1]) {
                return true;
            }
        }
        return false;
    }
}
