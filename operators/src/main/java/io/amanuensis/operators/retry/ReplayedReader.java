package io.amanuensis.operators.retry;

import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.ReplayedWindow;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.UnreadableRecordException;

/**
 * Makes news for ledgers of the replayed topic's records. Every record gives exactly one {@link ReplayedRecord}, whatever its bytes.
 * Thread-safe. Not serializable: built where it is used.
 */
public final class ReplayedReader {
    private final SingleObjectCodec<ReplayedWindow> codec = new SingleObjectCodec<>(ReplayedWindow.class);

    /**
     * @param timestampMs timestamp of the record, epoch ms
     * @param key null if the record has none
     * @param value null for a tombstone
     */
    public ReplayedRecord read(String topic, int partition, long offset, long timestampMs, byte[] key, byte[] value) {
        OffsetRange origin = new OffsetRange(topic, partition, offset, offset);
        if (value == null) {
            return rejected(DeadLetterCause.TOMBSTONE, "record without a value", origin, timestampMs, key, null);
        }
        try {
            return ReplayedRecord.of(ReplayedWindows.span(codec.decode(value)));
        } catch (UnreadableRecordException e) {
            return rejected(DeadLetterCause.UNREADABLE_RECORD, e.getMessage(), origin, timestampMs, key, value);
        } catch (IllegalArgumentException e) {
            return rejected(
                    DeadLetterCause.INVALID_SEGMENT,
                    "Not a replayed window that a ledger can hold: " + e.getMessage(),
                    origin,
                    timestampMs,
                    key,
                    value);
        }
    }

    private static ReplayedRecord rejected(
            DeadLetterCause cause, String message, OffsetRange origin, long timestampMs, byte[] key, byte[] value) {
        return ReplayedRecord.rejected(
                DeadLetters.ofRecord(Uids.READ_REPLAYED, cause, message, origin, timestampMs, key, value));
    }
}
