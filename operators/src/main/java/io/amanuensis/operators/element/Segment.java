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

    public boolean lastOfChannel;
    public OffsetRange origin;
    /** Timestamp of the Kafka record, epoch ms. */
    public long recordTimestampMs;

    public Segment() {}

    public ChannelKey key() {
        return channel.key();
    }
}
