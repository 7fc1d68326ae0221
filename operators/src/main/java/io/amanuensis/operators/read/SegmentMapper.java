package io.amanuensis.operators.read;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.schemas.AudioSegment;
import java.nio.ByteBuffer;
import java.time.Instant;

/** Between the record on the topic and the element in the job. */
public final class SegmentMapper {
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
        segment.lastOfChannel = record.getLastOfChannel();
        segment.origin = origin;
        segment.recordTimestampMs = recordTimestampMs;
        return segment;
    }

    /** The record again, in the newest schema: what a dead letter keeps, ready to be produced once more. */
    public static AudioSegment toRecord(Segment segment) {
        CallChannel channel = segment.channel;
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
                .setPayload(ByteBuffer.wrap(segment.payload))
                .setLastOfChannel(segment.lastOfChannel)
                .setLanguageHint(channel.languageHint)
                .build();
    }

    private static byte[] bytesOf(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
