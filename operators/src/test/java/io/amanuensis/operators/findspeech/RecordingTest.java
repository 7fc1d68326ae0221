package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmChunk;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecordingTest {
    private static final int CHUNKS = 12;
    private static final int CHUNK_SAMPLES = 4000;
    private static final long START = 32_000;

    private final CountingStore store = new CountingStore();
    private final StoredRange range = new StoredRange();
    private final short[] sound = new short[CHUNKS * CHUNK_SAMPLES];

    /** Each chunk by an object of its own, as in the stage. */
    @BeforeEach
    void append() throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < sound.length; i++) {
            sound[i] = (short) (3000 * random.nextGaussian());
        }
        for (int i = 0; i < CHUNKS; i++) {
            PcmChunk chunk = new PcmChunk();
            chunk.startSample = START + (long) i * CHUNK_SAMPLES;
            chunk.samples = Arrays.copyOfRange(sound, i * CHUNK_SAMPLES, (i + 1) * CHUNK_SAMPLES);
            chunk.origin = new OffsetRange("calls", 0, 100 + i, 100 + i);
            new Recording(store, range).append(chunk);
        }
    }

    @Test
    void excerptsAreTheSoundAndTheRecordsOfTheirTime() throws Exception {
        Recording.Excerpt excerpt = new Recording(store, range).excerpt(START + 4001, START + 16_000);

        assertThat(excerpt.samples()).isEqualTo(Arrays.copyOfRange(sound, 4001, 16_000));
        assertThat(excerpt.origin()).isEqualTo(new OffsetRange("calls", 0, 101, 103));
    }

    @Test
    void whatIsSearchedEmittedAndDroppedInOneCallIsReadOnce() throws Exception {
        Recording recording = new Recording(store, range);
        recording.excerpt(START + 30_000, START + sound.length);
        recording.excerpt(START, START + 41_000);
        recording.dropBefore(START + 41_000);

        assertThat(store.reads).hasSize(CHUNKS).allSatisfy((number, reads) -> assertThat(reads)
                .isOne());
        assertThat(store.chunks.keySet()).containsExactlyInAnyOrder(10L, 11L);
        assertThat(new Recording(store, range)
                        .excerpt(START + 41_000, START + sound.length)
                        .samples())
                .isEqualTo(Arrays.copyOfRange(sound, 41_000, sound.length));
    }

    private static final class CountingStore implements Recording.Store {
        final Map<Long, StoredChunk> chunks = new HashMap<>();
        final Map<Long, Integer> reads = new HashMap<>();

        @Override
        public void put(long number, StoredChunk chunk) {
            chunks.put(number, chunk);
        }

        @Override
        public StoredChunk get(long number) {
            reads.merge(number, 1, Integer::sum);
            return chunks.get(number);
        }

        @Override
        public void remove(long number) {
            chunks.remove(number);
        }
    }
}
