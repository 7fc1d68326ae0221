package io.amanuensis.operators.read;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.Reference;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.schemas.AudioSegment;
import io.amanuensis.schemas.PayloadReference;
import java.nio.ByteBuffer;
import java.time.Instant;

/** Between the record on the topic and the element in the job. */
public final class SegmentMapper {
    private static final byte[] NO_BYTES = {};

    private SegmentMapper() {}

    public static Segment toSegment(AudioSegment record, OffsetRange origin, long recordTimestampMs) {
        Segment segment = new Segment();
        segment.channel = new CallChannel(
                record.getTenant(),
                record.getCallId(),
                record.getChannel(),
                record.getRole(),
                record.getStreamEpoch(),
                record.getCallStartEpochMs().toEpochMilli(),
                record.getLanguageHint());
        segment.sequence = record.getSequence();
        segment.startMs = record.getStartMs();
        segment.encoding = record.getEncoding();
        segment.sampleRateHz = record.getSampleRateHz();
        segment.payload = bytesOf(record.getPayload());
        PayloadReference reference = record.getPayloadReference();
        if (reference != null) {
            segment.reference = new Reference(reference.getUri(), reference.getBytes(), reference.getSha256());
        }
        segment.lastOfChannel = record.getLastOfChannel();
        segment.origin = origin;
        segment.recordTimestampMs = recordTimestampMs;
        return segment;
    }

    /** The record again, in the newest schema: what a dead letter keeps, ready to be produced once more. A reference stays one. */
    public static AudioSegment toRecord(Segment segment) {
        CallChannel channel = segment.channel;
        Reference reference = segment.reference;
        return AudioSegment.newBuilder()
                .setTenant(channel.tenant)
                .setCallId(channel.callId)
                .setChannel(channel.channel)
                .setRole(channel.role)
                .setStreamEpoch(channel.streamEpoch)
                .setSequence(segment.sequence)
                .setCallStartEpochMs(Instant.ofEpochMilli(channel.callStartEpochMs))
                .setStartMs(segment.startMs)
                .setEncoding(segment.encoding)
                .setSampleRateHz(segment.sampleRateHz)
                .setPayload(ByteBuffer.wrap(reference == null ? segment.payload : NO_BYTES))
                .setLastOfChannel(segment.lastOfChannel)
                .setLanguageHint(channel.languageHint)
                .setPayloadReference(
                        reference == null
                                ? null
                                : new PayloadReference(reference.uri, reference.bytes, reference.sha256))
                .build();
    }

    private static byte[] bytesOf(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
