package io.amanuensis.operators.read;

import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.schemas.AudioSegment;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.UnreadableRecordException;
import java.util.Optional;
import org.apache.avro.message.SchemaStore;

/**
 * Makes segments of the input topic's records. Every record gives exactly one {@link ReadRecord}, whatever its bytes; the
 * checks run from cheap to dear, and each has its {@link DeadLetterCause}:
 *
 * <ol>
 *   <li>no value: TOMBSTONE
 *   <li>value longer than the limit: OVERSIZE_SEGMENT, without a look inside
 *   <li>not an AudioSegment of a known schema: UNREADABLE_RECORD
 *   <li>a field outside its documented range: INVALID_SEGMENT
 *   <li>payload longer than {@link #MAX_PAYLOAD_BYTES}: OVERSIZE_SEGMENT
 * </ol>
 *
 * <p>Thread-safe. Not serializable: an operator keeps the limit and builds this in {@code open}.
 */
public final class SegmentReader {
    /** Default limit of a whole value: 1 MiB, what a broker takes by default. */
    public static final int DEFAULT_MAX_SEGMENT_BYTES = 1_048_576;

    /** Limit of {@link AudioSegment#getPayload}, whatever the limit of the value. */
    public static final int MAX_PAYLOAD_BYTES = 1_000_000;

    private final int maxSegmentBytes;
    private final SingleObjectCodec<AudioSegment> codec;

    /** Reads segments of all released schemas. @param maxSegmentBytes limit of a whole value, from 1 */
    public SegmentReader(int maxSegmentBytes) {
        this(maxSegmentBytes, new SingleObjectCodec<>(AudioSegment.class));
    }

    /** @param writers see {@link SingleObjectCodec#SingleObjectCodec(Class, SchemaStore)} */
    public SegmentReader(int maxSegmentBytes, SchemaStore writers) {
        this(maxSegmentBytes, new SingleObjectCodec<>(AudioSegment.class, writers));
    }

    private SegmentReader(int maxSegmentBytes, SingleObjectCodec<AudioSegment> codec) {
        if (maxSegmentBytes < 1) {
            throw new IllegalArgumentException("maxSegmentBytes is " + maxSegmentBytes + ", must be positive");
        }
        this.maxSegmentBytes = maxSegmentBytes;
        this.codec = codec;
    }

    /**
     * @param topic topic, or the file for audio that does not come from Kafka
     * @param timestampMs timestamp of the record, epoch ms
     * @param key null if the record has none
     * @param value null for a tombstone
     */
    public ReadRecord read(String topic, int partition, long offset, long timestampMs, byte[] key, byte[] value) {
        OffsetRange origin = new OffsetRange(topic, partition, offset, offset);
        if (value == null) {
            return rejected(DeadLetterCause.TOMBSTONE, "record without a value", origin, timestampMs, key, null);
        }
        if (value.length > maxSegmentBytes) {
            return rejected(
                    DeadLetterCause.OVERSIZE_SEGMENT,
                    tooLong("value", value.length, maxSegmentBytes),
                    origin,
                    timestampMs,
                    key,
                    value);
        }
        AudioSegment record;
        try {
            record = codec.decode(value);
        } catch (UnreadableRecordException e) {
            return rejected(DeadLetterCause.UNREADABLE_RECORD, e.getMessage(), origin, timestampMs, key, value);
        }
        return validated(SegmentMapper.toSegment(record, origin, timestampMs), key, value);
    }

    private static ReadRecord validated(Segment segment, byte[] key, byte[] value) {
        Optional<String> violation = SegmentRules.violation(segment);
        if (violation.isPresent()) {
            return ReadRecord.rejected(DeadLetters.ofInvalidSegment(
                    DeadLetterCause.INVALID_SEGMENT, violation.get(), segment, key, value));
        }
        if (segment.payload.length > MAX_PAYLOAD_BYTES) {
            return ReadRecord.rejected(DeadLetters.ofInvalidSegment(
                    DeadLetterCause.OVERSIZE_SEGMENT,
                    tooLong("payload", segment.payload.length, MAX_PAYLOAD_BYTES),
                    segment,
                    key,
                    value));
        }
        return ReadRecord.of(segment);
    }

    private static String tooLong(String what, int bytes, int limit) {
        return "%s has %d bytes, at most %d are legal; send shorter segments".formatted(what, bytes, limit);
    }

    private static ReadRecord rejected(
            DeadLetterCause cause, String message, OffsetRange origin, long timestampMs, byte[] key, byte[] value) {
        return ReadRecord.rejected(DeadLetters.ofRecord(Uids.READ, cause, message, origin, timestampMs, key, value));
    }
}
