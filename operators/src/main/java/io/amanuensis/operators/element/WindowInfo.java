package io.amanuensis.operators.element;

/** Which window of which channel an element is about. Treated as immutable. */
public final class WindowInfo {
    public CallChannel channel;
    /** Index of the {@link Span} that announced the window. */
    public long index;
    /** On the call's clock, samples at 16 kHz. */
    public long startSample;

    public int sampleCount;
    /** Of these, how many the detector took for speech; 0 if it did not say. */
    public int speechSamples;

    public OffsetRange origin;

    public WindowInfo() {}

    /** Of a window whose speech was not counted. */
    public WindowInfo(CallChannel channel, long index, long startSample, int sampleCount, OffsetRange origin) {
        this(channel, index, startSample, sampleCount, 0, origin);
    }

    public WindowInfo(
            CallChannel channel, long index, long startSample, int sampleCount, int speechSamples, OffsetRange origin) {
        this.channel = channel;
        this.index = index;
        this.startSample = startSample;
        this.sampleCount = sampleCount;
        this.speechSamples = speechSamples;
        this.origin = origin;
    }

    /** Where the window begins on the call's clock, ms, rounded down. */
    public long startMs() {
        return startSample / PcmChunk.SAMPLES_PER_MS;
    }

    /** Where it ends, ms, rounded up. */
    public long endMs() {
        return -Math.floorDiv(-(startSample + sampleCount), (long) PcmChunk.SAMPLES_PER_MS);
    }

    @Override
    public String toString() {
        return channel + " #" + index + " [" + startMs() + " ms, " + endMs() + " ms)";
    }
}
