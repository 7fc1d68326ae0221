package io.amanuensis.operators.decodeaudio;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.OffsetRange;

/** How far the sound of one channel and epoch has been decoded: keyed state. */
public final class ChannelSound {
    public CallChannel channel;
    /** The segment read last. */
    public OffsetRange origin;
    /** Of the first segment with sound, and so of all; 0 until there was one. */
    public int sampleRateHz;
    /** Where the current unbroken run begins on the call's clock, samples at 16 kHz. */
    public long runStartSample;

    public ResamplerState run = new ResamplerState();

    /** Where the channel began on the call's clock, samples at 16 kHz. */
    public long startSample;
    /** Sequence number of the first segment: so many are missing before it. */
    public long missingSegments;
    /** Length of the first segment with sound, samples at 16 kHz. */
    public long segmentSamples;
    /** Of the last segment read, or the one before the first. */
    public long lastSequence;
    /** Sound read, at its own rate. */
    public long receivedInputSamples;
    /** Samples at 16 kHz without a segment, and those of refused segments. */
    public long missingSamples;

    public long refusedSamples;
    public RefusedStretches refused = new RefusedStretches();

    /** Null before the first segment in G.722, and in state of builds that could not read it. */
    public G722State g722;

    public ChannelSound() {}

    /** Where the next chunk begins. */
    long writtenEndSample() {
        return runStartSample + run.outputSamples;
    }
}
