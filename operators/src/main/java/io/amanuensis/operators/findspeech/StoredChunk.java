package io.amanuensis.operators.findspeech;

import io.amanuensis.operators.element.OffsetRange;

/** A piece of a channel's sound that may still become part of a window: keyed state, written once. */
public final class StoredChunk {
    /** On the call's clock, samples at 16 kHz. */
    public long startSample;
    /** Signed 16-bit, little-endian; at most 1 s. */
    public byte[] pcm;

    public OffsetRange origin;

    public StoredChunk() {}

    long endSample() {
        return startSample + pcm.length / Short.BYTES;
    }
}
