package io.amanuensis.operators.decodeaudio;

/** What a {@link Resampler} remembers of one unbroken run of samples: keyed state. */
public final class ResamplerState {
    /** The last input samples, as many as later output still needs, on the scale of 16-bit integers. */
    public float[] history = {};
    /** Samples read since the run began. */
    public long inputSamples;
    /** Samples written since the run began, at 16 kHz. */
    public long outputSamples;

    public ResamplerState() {}
}
