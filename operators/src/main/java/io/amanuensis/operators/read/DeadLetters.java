package io.amanuensis.operators.read;

import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.schemas.AudioSegment;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.Digests;
import io.amanuensis.schemas.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.util.OutputTag;

/** Makes dead letters that are never too large to publish. */
public final class DeadLetters {
    /** A larger value is cut to {@link #EXCERPT_BYTES}, its digest standing for the rest. */
    public static final int MAX_PAYLOAD_BYTES = 256 * 1024;

    public static final int EXCERPT_BYTES = 4 * 1024;
    static final int MAX_KEY_BYTES = 1024;
    static final int MAX_MESSAGE_CHARS = 1000;
    static final int MAX_NAME_CHARS = 1000;

    /** Side output by which a stage hands a segment or record to the dead-letter topic. */
    public static final OutputTag<DeadLetter> TAG =
            new OutputTag<>("dead-letters", new AvroTypeInfo<>(DeadLetter.class));

    private DeadLetters() {}

    /** Of a Kafka record that could not be read. @param key may be null. @param value null for a tombstone */
    public static DeadLetter ofRecord(
            String stage,
            DeadLetterCause cause,
            String message,
            OffsetRange origin,
            long recordTimestampMs,
            byte[] key,
            byte[] value) {
        DeadLetter letter = letter(stage, cause, message, origin, null, null);
        setRecord(letter, recordTimestampMs, key, value);
        return letter;
    }

    /** Of a segment that {@code read} could read but must not let in: with the key and value of the record as they came. */
    static DeadLetter ofInvalidSegment(
            DeadLetterCause cause, String message, Segment segment, byte[] key, byte[] value) {
        DeadLetter letter = letter(Uids.READ, cause, message, segment.origin, segment.channel, segment.startMs);
        letter.setSequence(segment.sequence);
        setRecord(letter, segment.recordTimestampMs, key, value);
        return letter;
    }

    /** Of a segment that a stage refused; its payload is the whole record again, ready to be produced once more. */
    public static DeadLetter ofSegment(String stage, DeadLetterCause cause, String message, Segment segment) {
        DeadLetter letter = letter(stage, cause, message, segment.origin, segment.channel, segment.startMs);
        letter.setSequence(segment.sequence);
        try {
            ByteBuffer record = AudioSegment.getEncoder().encode(SegmentMapper.toRecord(segment));
            byte[] value = new byte[record.remaining()];
            record.get(value);
            setRecord(
                    letter,
                    segment.recordTimestampMs,
                    Digests.utf8(segment.channel.callKey().kafkaKey()),
                    value);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot encode segment " + segment.origin + " for its dead letter", e);
        }
        return letter;
    }

    /** Of a window that the speech engine refused or failed; the sound stays where {@code origin} says. */
    public static DeadLetter ofWindow(String stage, DeadLetterCause cause, String message, WindowInfo window) {
        DeadLetter letter = letter(stage, cause, message, window.origin, window.channel, window.startMs());
        letter.setEndMs(window.endMs());
        letter.setKey(ByteBuffer.wrap(cut(Digests.utf8(window.channel.callKey().kafkaKey()), MAX_KEY_BYTES)));
        return letter;
    }

    private static DeadLetter letter(
            String stage,
            DeadLetterCause cause,
            String message,
            OffsetRange origin,
            CallChannel channel,
            Long startMs) {
        DeadLetter letter = DeadLetter.newBuilder()
                .setId(Digests.id(
                        cause,
                        origin.topic,
                        origin.partition,
                        origin.firstOffset,
                        origin.lastOffset,
                        channel == null ? null : channel.channel,
                        startMs))
                .setCause(cause)
                .setStage(stage)
                .setMessage(cut(message, MAX_MESSAGE_CHARS))
                .setOrigin(new Origin(origin.topic, origin.partition, origin.firstOffset, origin.lastOffset))
                .build();
        if (channel != null) {
            letter.setTenant(cut(channel.tenant, MAX_NAME_CHARS));
            letter.setCallId(cut(channel.callId, MAX_NAME_CHARS));
            letter.setChannel(channel.channel);
            letter.setStreamEpoch(channel.streamEpoch);
            letter.setStartMs(startMs);
        }
        return letter;
    }

    private static void setRecord(DeadLetter letter, long recordTimestampMs, byte[] key, byte[] value) {
        letter.setRecordTimestampMs(recordTimestampMs);
        letter.setKey(key == null ? null : ByteBuffer.wrap(cut(key, MAX_KEY_BYTES)));
        if (value == null) {
            return;
        }
        letter.setPayload(ByteBuffer.wrap(value.length <= MAX_PAYLOAD_BYTES ? value : cut(value, EXCERPT_BYTES)));
        letter.setPayloadBytes(value.length);
        letter.setPayloadSha256(Digests.sha256(value));
    }

    private static byte[] cut(byte[] bytes, int limit) {
        return bytes.length <= limit ? bytes : Arrays.copyOf(bytes, limit);
    }

    /** Never between the halves of a surrogate pair: a half has no UTF-8. */
    static String cut(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit);
    }
}
