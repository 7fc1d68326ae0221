package io.amanuensis.operators.findspeech;

import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmChunk;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * The recent sound of one channel, kept as the chunks it came in. Chunks follow one another; the oldest are
 * dropped when nothing can refer to them any more. One object serves one call of the stage: it remembers what it has read.
 */
final class Recording {
    /** Longest stored chunk, samples: 1 s. */
    static final int MAX_CHUNK_SAMPLES = PcmChunk.SAMPLE_RATE_HZ;

    /** Keeps numbered chunks. */
    interface Store {
        void put(long number, StoredChunk chunk) throws Exception;

        StoredChunk get(long number) throws Exception;

        void remove(long number) throws Exception;
    }

    private final Store store;
    private final StoredRange range;
    /** Chunks by number: a window that is full is searched for the place to cut, read and dropped in one go. */
    private final Map<Long, StoredChunk> alreadyRead = new HashMap<>();

    Recording(Store store, StoredRange range) {
        this.store = store;
        this.range = range;
    }

    void append(PcmChunk chunk) throws Exception {
        for (int from = 0; from < chunk.samples.length; from += MAX_CHUNK_SAMPLES) {
            int count = Math.min(MAX_CHUNK_SAMPLES, chunk.samples.length - from);
            StoredChunk stored = new StoredChunk();
            stored.startSample = chunk.startSample + from;
            stored.pcm = new byte[count * Short.BYTES];
            ByteBuffer.wrap(stored.pcm)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer()
                    .put(chunk.samples, from, count);
            stored.origin = chunk.origin;
            if (range.first == range.next) {
                range.firstEndSample = stored.endSample();
            }
            store.put(range.next++, stored);
        }
    }

    /** Chunks that end at or before {@code sample} are no longer needed. */
    void dropBefore(long sample) throws Exception {
        while (range.first < range.next && range.firstEndSample <= sample) {
            alreadyRead.remove(range.first);
            store.remove(range.first++);
            if (range.first < range.next) {
                range.firstEndSample = read(range.first).endSample();
            }
        }
    }

    /** A stretch of the recording and the records it came from. */
    record Excerpt(short[] samples, OffsetRange origin) {}

    /** What is kept of [start, end), silence where nothing came; its last sample must be kept. */
    Excerpt excerpt(long startSample, long endSample) throws Exception {
        short[] samples = new short[(int) (endSample - startSample)];
        OffsetRange origin = null;
        for (long number = range.first; number < range.next; number++) {
            StoredChunk chunk = read(number);
            long from = Math.max(startSample, chunk.startSample);
            long to = Math.min(endSample, chunk.endSample());
            if (from < to) {
                ByteBuffer.wrap(chunk.pcm)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asShortBuffer()
                        .get((int) (from - chunk.startSample), samples, (int) (from - startSample), (int) (to - from));
                origin = origin == null ? chunk.origin : origin.union(chunk.origin);
            }
            if (to == endSample) {
                return new Excerpt(samples, origin);
            }
        }
        throw new IllegalStateException("samples [%d, %d) are not all kept: chunks %d to %d, the first ending at %d"
                .formatted(startSample, endSample, range.first, range.next, range.firstEndSample));
    }

    private StoredChunk read(long number) throws Exception {
        StoredChunk chunk = alreadyRead.get(number);
        if (chunk == null) {
            chunk = store.get(number);
            alreadyRead.put(number, chunk);
        }
        return chunk;
    }
}
