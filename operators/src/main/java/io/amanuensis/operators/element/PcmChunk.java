package io.amanuensis.operators.element;

/**
 * A continuous piece of one channel as 16 kHz mono sound, or the news that a piece is missing or that the channel has ended:
 * the output of {@code decode-audio}. Chunks of a channel and epoch follow one another without holes or overlaps: each
 * begins where the one before ended, counted in samples from the first.
 */
public final class PcmChunk {
    /** Rate of {@link #samples} and of all positions, Hz. */
    public static final int SAMPLE_RATE_HZ = 16_000;

    public static final int SAMPLES_PER_MS = SAMPLE_RATE_HZ / 1000;

    public CallChannel channel;
    /** Where the chunk begins on the call's clock, in samples at 16 kHz. */
    public long startSample;
    /** Signed 16-bit; empty for a gap and for the bare end of a channel. */
    public short[] samples;
    /** Samples that are missing, beginning at {@link #startSample}; 0 unless this is a gap. */
    public long gapSamples;
    /** Of a gap: segments arrived for it and are dead letters. */
    public boolean refused;
    /** Nothing of this channel and epoch follows. */
    public boolean last;

    public OffsetRange origin;

    public PcmChunk() {}

    public long endSample() {
        return startSample + samples.length + gapSamples;
    }

    public ChannelKey key() {
        return channel.key();
    }
}
