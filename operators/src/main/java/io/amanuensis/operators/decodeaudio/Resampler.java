package io.amanuensis.operators.decodeaudio;

/**
 * Brings sound to 16 kHz. Output sample n is the input at time n / 16000 s, and N input samples make exactly
 * ceil(N x 16000 / rate), however the input is cut into pieces: bit for bit the same as in one piece. What needs input still to
 * come is held back until it is there or {@link #finish} puts silence in its place.
 *
 * <p>Without state of its own, so one serves all channels of its rate.
 */
interface Resampler {
    /** State of a run without input. */
    ResamplerState begin();

    /**
     * Reads more of the run.
     *
     * @param input at the rate resampled from, on the scale of 16-bit integers
     * @return the output that is now complete, rounded and clipped
     */
    short[] push(ResamplerState state, float[] input);

    /** The rest of the run's output; the run is over. */
    short[] finish(ResamplerState state);

    /** Length of the whole run's output if the input ended here. */
    long outputLength(long inputSamples);
}
