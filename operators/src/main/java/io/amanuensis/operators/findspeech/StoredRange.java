package io.amanuensis.operators.findspeech;

/** Which numbers a channel's {@link StoredChunk}s have: keyed state. */
public final class StoredRange {
    public long first;
    /** Number of the chunk to come. */
    public long next;
    /** Where the first chunk ends, so that it need not be read to know whether it is still needed. Unused if there is none. */
    public long firstEndSample;

    public StoredRange() {}
}
