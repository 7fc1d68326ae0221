package io.amanuensis.operators.element;

import io.amanuensis.schemas.AudioEncoding;

/** A readable {@link io.amanuensis.schemas.AudioSegment} and where it came from: the output of {@code read} and {@code sequence}. */
public final class Segment {
    public CallChannel channel;
    /** Position within its channel and epoch, from 0. */
    public long sequence;
    /** Where the payload begins on the call's clock, ms. */
    public long startMs;

    public AudioEncoding encoding;
    public int sampleRateHz;
    /** Encoded sound; may be empty if {@link #lastOfChannel}. */
    public byte[] payload;

    /** Where the payload comes from; null if from the record itself. Then the payload is empty until {@code fetch}. */
    public Reference reference;

    public boolean lastOfChannel;
    public OffsetRange origin;
    /** Timestamp of the Kafka record, epoch ms. */
    public long recordTimestampMs;

    public Segment() {}

    /** What became of the reference. */
    public Segment fetched(Reference outcome, byte[] bytes) {
        Segment segment = new Segment();
        segment.channel = channel;
        segment.sequence = sequence;
        segment.startMs = startMs;
        segment.encoding = encoding;
        segment.sampleRateHz = sampleRateHz;
        segment.payload = bytes;
        segment.reference = outcome;
        segment.lastOfChannel = lastOfChannel;
        segment.origin = origin;
        segment.recordTimestampMs = recordTimestampMs;
        return segment;
    }

    public ChannelKey key() {
        return channel.key();
    }
}
