package io.amanuensis.operators.sequence;

import java.util.Arrays;

/**
 * Which segments of a channel wait, so that none of them has to be read to find the next: keyed state. Segments are added in
 * any order and leave by ascending sequence.
 */
public final class PendingIndex {
    /** Ascending. */
    public long[] sequences = {};
    /** Record timestamp of each. */
    public long[] timestampsMs = {};
    /** Payload bytes of all. */
    public long bytes;

    public PendingIndex() {}

    int count() {
        return sequences.length;
    }

    boolean contains(long sequence) {
        return Arrays.binarySearch(sequences, sequence) >= 0;
    }

    /** There must be one. */
    long lowest() {
        return sequences[0];
    }

    /** There must be one. */
    long earliestMs() {
        return Arrays.stream(timestampsMs).min().orElseThrow();
    }

    void add(long sequence, long timestampMs, int payloadBytes) {
        int at = -Arrays.binarySearch(sequences, sequence) - 1;
        sequences = insert(sequences, at, sequence);
        timestampsMs = insert(timestampsMs, at, timestampMs);
        bytes += payloadBytes;
    }

    void removeLowest(int payloadBytes) {
        sequences = Arrays.copyOfRange(sequences, 1, sequences.length);
        timestampsMs = Arrays.copyOfRange(timestampsMs, 1, timestampsMs.length);
        bytes -= payloadBytes;
    }

    private static long[] insert(long[] values, int at, long value) {
        long[] longer = Arrays.copyOf(values, values.length + 1);
        System.arraycopy(values, at, longer, at + 1, values.length - at);
        longer[at] = value;
        return longer;
    }
}
