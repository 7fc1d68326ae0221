package io.amanuensis.operators.sequence;

import io.amanuensis.operators.element.Segment;
import java.util.zip.CRC32C;

/**
 * Checksums of the segments handed out last: keyed state, of bounded size. Tells a second copy of a segment from another segment of the
 * same number, which two producers of one channel send.
 */
public final class RecentSound {
    /** More would make the state that is written for every segment noticeably larger. */
    static final int SEGMENTS = 16;

    /** At the place of their sequence modulo {@link #SEGMENTS}. */
    public int[] checksums = {};

    public RecentSound() {}

    void handedOut(Segment segment) {
        if (checksums.length == 0) {
            checksums = new int[SEGMENTS];
        }
        checksums[place(segment.sequence)] = checksum(segment);
    }

    /**
     * Whether another segment was handed out in its place. False where it is no longer known.
     *
     * @param segment of a sequence that was handed out
     * @param nextSequence of the channel
     */
    boolean contradicts(Segment segment, long nextSequence) {
        int known = checksums.length == 0 || segment.sequence < nextSequence - SEGMENTS
                ? 0
                : checksums[place(segment.sequence)];
        return known != 0 && known != checksum(segment);
    }

    private static int place(long sequence) {
        return (int) (sequence % SEGMENTS);
    }

    /** Never 0, which stands for nothing. */
    static int checksum(Segment segment) {
        CRC32C crc = new CRC32C();
        crc.update(segment.payload);
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            crc.update((int) (segment.startMs >>> shift));
        }
        return (int) crc.getValue() | 1;
    }
}
