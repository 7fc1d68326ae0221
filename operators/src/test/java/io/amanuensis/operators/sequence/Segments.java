package io.amanuensis.operators.sequence;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.ChannelRole;

/** Makes segments for tests. */
public final class Segments {
    public static final int DURATION_MS = 250;

    private Segments() {}

    public static CallChannel channel(String callId, int epoch) {
        return new CallChannel("acme", callId, 0, ChannelRole.AGENT, epoch, 1_700_000_000_000L, "en");
    }

    /** 250 ms of 8 kHz mu-law silence at its place, read at {@code timestampMs}; the offset is the timestamp too. */
    public static Segment segment(CallChannel channel, long sequence, long timestampMs) {
        Segment segment = new Segment();
        segment.channel = channel;
        segment.sequence = sequence;
        segment.startMs = sequence * DURATION_MS;
        segment.encoding = AudioEncoding.MULAW;
        segment.sampleRateHz = 8000;
        segment.payload = new byte[DURATION_MS * 8];
        segment.origin = new OffsetRange("audio", 3, timestampMs, timestampMs);
        segment.recordTimestampMs = timestampMs;
        return segment;
    }

    public static Segment last(Segment segment) {
        segment.lastOfChannel = true;
        return segment;
    }
}
