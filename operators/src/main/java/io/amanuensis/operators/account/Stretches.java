package io.amanuensis.operators.account;

import java.util.Arrays;

/** Stretches of time that do not touch one another, by time: keyed state, of bounded size. */
public final class Stretches {
    static final int MAX_STRETCHES = 500;

    /** Start and end of each, samples at 16 kHz. */
    public long[] bounds = {};
    /** Stretches that found no room. */
    public int omitted;

    public Stretches() {}

    /** Joins what it touches or overlaps. */
    void add(long start, long end) {
        if (start >= end) {
            return;
        }
        int from = 0;
        while (from < bounds.length && bounds[from + 1] < start) {
            from += 2;
        }
        int to = from;
        while (to < bounds.length && bounds[to] <= end) {
            to += 2;
        }
        if (from == to && bounds.length == 2 * MAX_STRETCHES) {
            omitted++;
            return;
        }
        long[] joined = new long[bounds.length - (to - from) + 2];
        System.arraycopy(bounds, 0, joined, 0, from);
        joined[from] = from == to ? start : Math.min(start, bounds[from]);
        joined[from + 1] = from == to ? end : Math.max(end, bounds[to - 1]);
        System.arraycopy(bounds, to, joined, from + 2, bounds.length - to);
        bounds = joined;
    }

    void addAll(Stretches others) {
        for (int i = 0; i < others.bounds.length; i += 2) {
            add(others.bounds[i], others.bounds[i + 1]);
        }
        omitted += others.omitted;
    }

    /** Whether all of it lies in one of them. */
    boolean covers(long start, long end) {
        for (int i = 0; i < bounds.length; i += 2) {
            if (bounds[i] <= start && end <= bounds[i + 1]) {
                return true;
            }
        }
        return false;
    }

    /** Takes out what one of them covers; where that leaves two and there is no room, the later one is omitted. */
    void remove(long start, long end) {
        Stretches left = new Stretches();
        left.omitted = omitted;
        for (int i = 0; i < bounds.length; i += 2) {
            left.add(bounds[i], Math.min(bounds[i + 1], start));
            left.add(Math.max(bounds[i], end), bounds[i + 1]);
        }
        bounds = left.bounds;
        omitted = left.omitted;
    }

    boolean isEmpty() {
        return bounds.length == 0;
    }

    /** There must be one. */
    long start() {
        return bounds[0];
    }

    /** There must be one. */
    long end() {
        return bounds[bounds.length - 1];
    }

    /** What lies between them. */
    Stretches between() {
        Stretches between = new Stretches();
        if (bounds.length > 2) {
            between.bounds = Arrays.copyOfRange(bounds, 1, bounds.length - 1);
        }
        return between;
    }

    long total() {
        long total = 0;
        for (int i = 0; i < bounds.length; i += 2) {
            total += bounds[i + 1] - bounds[i];
        }
        return total;
    }
}
