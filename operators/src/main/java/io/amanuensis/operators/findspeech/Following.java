package io.amanuensis.operators.findspeech;

/** What has been told of a channel's utterance under way: keyed state. */
public final class Following {
    /** Whether somebody was last said to speak. */
    public boolean speaking;
    /** Otherwise: samples of speech heard since; 0 if a pause lies behind the last. */
    public int resumedSamples;
    /** Where they began. Unused without {@link #resumedSamples}. */
    public long resumedStartSample;
    /** Where the utterance begins that was last followed. */
    public long utteranceStartSample = Long.MIN_VALUE;
    /** Where its piece under way begins. */
    public long pieceStartSample;

    public Following() {}
}
