package io.amanuensis.schemas;

/** Default topic names. A number changes only with an incompatible change of the records. */
public final class Topics {
    /** {@link AudioSegment}: input. */
    public static final String AUDIO_SEGMENTS = "amanuensis.audio-segments.v1";

    /** {@link Transcript}: final utterances, exactly once. */
    public static final String TRANSCRIPTS = "amanuensis.transcripts.v1";

    /** {@link Partial}: revisable text while somebody speaks, at least once. */
    public static final String PARTIALS = "amanuensis.partials.v1";

    /** {@link DeadLetter}: input that could not become text, exactly once. */
    public static final String DEAD_LETTERS = "amanuensis.dead-letters.v1";

    /** {@link CallRecord}: whole calls when they are over, exactly once. */
    public static final String CALLS = "amanuensis.calls.v1";

    /** {@link SuppressedText}: text that nobody said, exactly once. */
    public static final String SUPPRESSED = "amanuensis.suppressed.v1";

    /** {@link ParkedWindow}: speech that waits to be transcribed again, exactly once. */
    public static final String RETRY = "amanuensis.retry.v1";

    /** {@link ReplayedWindow}: what became of parked windows, for the records of their calls, exactly once. */
    public static final String REPLAYED = "amanuensis.replayed.v1";

    private Topics() {}
}
