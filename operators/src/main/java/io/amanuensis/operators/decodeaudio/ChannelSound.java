package io.amanuensis.operators.decodeaudio;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.OffsetRange;

/** How far the sound of one channel and epoch has been decoded: keyed state. */
public final class ChannelSound {
    public CallChannel channel;
    /** The segment read last. */
    public OffsetRange origin;
    /** Of the first segment, and so of all. */
    public int sampleRateHz;
    /** Where the current unbroken run begins on the call's clock, samples at 16 kHz. */
    public long runStartSample;

    public ResamplerState run = new ResamplerState();

    /** Null before the first segment in G.722, and in state of builds that could not read it. */
    public G722State g722;

    public ChannelSound() {}

    /** Where the next chunk begins. */
    long writtenEndSample() {
        return runStartSample + run.outputSamples;
    }
}
