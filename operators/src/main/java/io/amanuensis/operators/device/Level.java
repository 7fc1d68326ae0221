package io.amanuensis.operators.device;

/** How far the work on a window was degraded, as its record says. */
public final class Level {
    /** The NPU encoded, decoding and word times in full. */
    public static final int NPU = 1;
    /** The CPU encoded. */
    public static final int CPU = 2;
    /** Cheaper decoding: greedy, once, without word times. */
    public static final int CHEAPER_DECODING = 3;
    /** Not transcribed: parked on the retry topic. */
    public static final int PARKED = 4;

    private Level() {}
}
