package io.amanuensis.operators.element;

import java.util.List;

/** Which window of which channel an element is about. Treated as immutable. */
public final class WindowInfo {
    public CallChannel channel;
    /** Index of the {@link Span} that announced the window. */
    public long index;
    /** On the call's clock, samples at 16 kHz. */
    public long startSample;

    /** For which the window accounts. */
    public int sampleCount;
    /** Of these, about how many the detector took for speech; 0 if it did not say. */
    public int speechSamples;
    /** Sound before these that the window holds too: behind a seam, where the window before accounts for it. Else 0. */
    public int contextBeforeSamples;
    /** The same behind them, for which the next window accounts. */
    public int contextAfterSamples;

    public OffsetRange origin;

    /**
     * The utterances that share the window, by time; empty if it is one's own. Transient, because only the serializers of windows keep
     * it: outcomes, which are in other state, are of one utterance each.
     */
    public transient List<PackedUtterance> packed = List.of();

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

    /**
     * Of a window of several utterances: it is named by the first.
     *
     * @param soundSamples up to the end of the last
     */
    public static WindowInfo ofPacked(List<PackedUtterance> packed, int soundSamples, OffsetRange origin) {
        WindowInfo first = packed.get(0).info();
        int speech = packed.stream().mapToInt(each -> each.info().speechSamples).sum();
        WindowInfo info = new WindowInfo(first.channel, first.index, first.startSample, soundSamples, speech, origin);
        info.packed = packed;
        return info;
    }

    /** How much sound the window holds. */
    public int soundSamples() {
        return contextBeforeSamples + sampleCount + contextAfterSamples;
    }

    /** Where that sound begins on the call's clock, ms, rounded down. */
    public long soundStartMs() {
        return (startSample - contextBeforeSamples) / PcmChunk.SAMPLES_PER_MS;
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
