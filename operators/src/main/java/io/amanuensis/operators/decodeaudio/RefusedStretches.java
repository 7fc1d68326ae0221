package io.amanuensis.operators.decodeaudio;

import java.util.Arrays;

/**
 * The segments refused since sound was last read, as the stretches of time that they claim: keyed state, of bounded size. Tells the
 * part of a hole that is dead letters from the part that never came.
 */
public final class RefusedStretches {
    static final int MAX_STRETCHES = 64;

    /** Start and end of each, samples at 16 kHz, by the order of their segments. */
    public long[] bounds = {};

    public int segments;

    public RefusedStretches() {}

    /** Whether as many were refused as have not been read up to the segment of this sequence, and at least one. */
    boolean areAllBetween(long lastSequence, long sequence) {
        return segments > 0 && segments == sequence - lastSequence - 1;
    }

    /** Beyond the limit the last stretch grows. A claim without length is a segment of unknown length. */
    void add(long startSample, long claimedSamples) {
        segments++;
        if (claimedSamples == 0) {
            return;
        }
        int last = bounds.length - 1;
        if (last > 0 && (startSample <= bounds[last] || bounds.length == 2 * MAX_STRETCHES)) {
            bounds[last] = Math.max(bounds[last], startSample + claimedSamples);
        } else {
            bounds = Arrays.copyOf(bounds, bounds.length + 2);
            bounds[bounds.length - 2] = startSample;
            bounds[bounds.length - 1] = startSample + claimedSamples;
        }
    }

    /** Where the last claim ends; 0 without one. */
    long endSample() {
        return Arrays.stream(bounds).max().orElse(0);
    }
}
