package io.amanuensis.operators.element;

/**
 * An utterance that shares its window with others of its channel. Silence lies between them.
 *
 * @param info as of a window of its own, without context
 * @param offsetSamples where its sound begins in the window, a whole number of milliseconds
 */
public record PackedUtterance(WindowInfo info, int offsetSamples) {
    /** Where its sound begins in the window. */
    public int startMs() {
        return offsetSamples / PcmChunk.SAMPLES_PER_MS;
    }

    /** Where it ends in the window, rounded down. */
    public int endMs() {
        return (offsetSamples + info.sampleCount) / PcmChunk.SAMPLES_PER_MS;
    }
}
