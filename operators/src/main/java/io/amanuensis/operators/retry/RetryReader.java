package io.amanuensis.operators.retry;

import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.ParkedWindow;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.UnreadableRecordException;

/**
 * Makes windows of the retry topic's records. Every record gives exactly one {@link RetryRecord}, whatever its bytes. Thread-safe.
 * Not serializable: built where it is used.
 */
public final class RetryReader {
    private final SingleObjectCodec<ParkedWindow> codec = new SingleObjectCodec<>(ParkedWindow.class);

    /**
     * @param timestampMs timestamp of the record, epoch ms
     * @param key null if the record has none
     * @param value null for a tombstone
     */
    public RetryRecord read(String topic, int partition, long offset, long timestampMs, byte[] key, byte[] value) {
        OffsetRange origin = new OffsetRange(topic, partition, offset, offset);
        if (value == null) {
            return rejected(DeadLetterCause.TOMBSTONE, "record without a value", origin, timestampMs, key, null);
        }
        try {
            return RetryRecord.of(ParkedWindows.window(codec.decode(value)));
        } catch (UnreadableRecordException e) {
            return rejected(DeadLetterCause.UNREADABLE_RECORD, e.getMessage(), origin, timestampMs, key, value);
        } catch (IllegalArgumentException e) {
            return rejected(
                    DeadLetterCause.INVALID_SEGMENT,
                    "Not a parked window that can be transcribed: " + e.getMessage(),
                    origin,
                    timestampMs,
                    key,
                    value);
        }
    }

    private static RetryRecord rejected(
            DeadLetterCause cause, String message, OffsetRange origin, long timestampMs, byte[] key, byte[] value) {
        return RetryRecord.rejected(
                DeadLetters.ofRecord(Uids.READ_RETRY, cause, message, origin, timestampMs, key, value));
    }
}
