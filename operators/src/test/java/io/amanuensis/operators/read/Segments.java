package io.amanuensis.operators.read;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.AudioSegment;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.Topics;
import java.util.function.Consumer;

/** Segments for tests. */
final class Segments {
    static final long TIMESTAMP_MS = 1_767_258_007_500L;

    private Segments() {}

    /** Valid; 10 bytes of mu-law. */
    static Segment segment() {
        Segment segment = new Segment();
        segment.channel = new CallChannel("acme", "call-1", 1, ChannelRole.CUSTOMER, 2, 1_767_258_000_000L, "de");
        segment.sequence = 7;
        segment.startMs = 7000;
        segment.encoding = AudioEncoding.MULAW;
        segment.sampleRateHz = 8000;
        segment.payload = new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, (byte) 0xFF};
        segment.lastOfChannel = true;
        segment.origin = new OffsetRange(Topics.AUDIO_SEGMENTS, 3, 42, 42);
        segment.recordTimestampMs = TIMESTAMP_MS;
        return segment;
    }

    static Segment segment(Consumer<Segment> change) {
        Segment segment = segment();
        change.accept(segment);
        return segment;
    }

    /** As on the topic. */
    static byte[] value(Segment segment) {
        return new SingleObjectCodec<>(AudioSegment.class).encode(SegmentMapper.toRecord(segment));
    }
}
