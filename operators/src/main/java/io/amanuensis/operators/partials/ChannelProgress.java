package io.amanuensis.operators.partials;

/** How far the windows of a channel are settled: keyed state. */
public final class ChannelProgress {
    /** The newest of which anything has been heard. */
    public int streamEpoch;
    /** Where the newest window began whose outcome is known, samples on the call's clock. */
    public long settledStartSample = Long.MIN_VALUE;

    public ChannelProgress() {}
}
