package io.amanuensis.operators.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.operators.element.Reference;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.Digests;
import io.amanuensis.schemas.Origin;
import io.amanuensis.schemas.Topics;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentReaderTest {
    private static final byte[] KEY = Digests.utf8("acme/call-1");
    private static final SegmentReader READER = new SegmentReader(SegmentReader.DEFAULT_MAX_SEGMENT_BYTES);

    @Test
    void readsAGoodSegmentWithAllItsFields() {
        ReadRecord read = read(READER, Segments.value(Segments.segment()));
        assertThat(read.rejected).isNull();
        assertThat(read.segment).usingRecursiveComparison().isEqualTo(Segments.segment());
        assertThat(read.key()).isEqualTo(Segments.segment().key());
    }

    @Test
    void readsAReferenceAndWritesItAgainWithoutThePayload() {
        Segment refers = Segments.segment(segment -> {
            segment.payload = new byte[0];
            segment.reference = new Reference("s3://calls/1.flac", 7, "00ff".repeat(16));
        });
        assertThat(read(READER, Segments.value(refers)).segment)
                .usingRecursiveComparison()
                .isEqualTo(refers);
        Segment fetched = refers.fetched(refers.reference, new byte[] {1, 2, 3, 4, 5, 6, 7});
        assertThat(Segments.value(fetched)).isEqualTo(Segments.value(refers));
    }

    @Test
    void leavesTheSoundToDecodeAudio() {
        Segment strange = Segments.segment(segment -> {
            segment.encoding = AudioEncoding.UNKNOWN;
            segment.sampleRateHz = -1;
            segment.payload = new byte[0];
            segment.channel.languageHint = null;
        });
        assertThat(read(READER, Segments.value(strange)).segment)
                .usingRecursiveComparison()
                .isEqualTo(strange);
    }

    @Test
    void aTombstone() {
        DeadLetter letter = rejected(READER, null, DeadLetterCause.TOMBSTONE);
        assertThat(letter.getPayload()).isNull();
        assertThat(letter.getPayloadSha256()).isNull();
        assertThat(letter.getTenant()).isNull();
    }

    @Test
    void anOversizeValueIsNotLookedInto() {
        byte[] value = Segments.value(Segments.segment());
        assertThat(read(new SegmentReader(value.length), value).segment).isNotNull();
        DeadLetter letter = rejected(new SegmentReader(value.length - 1), value, DeadLetterCause.OVERSIZE_SEGMENT);
        assertThat(letter.getMessage())
                .isEqualTo(
                        "value has %d bytes, at most %d are legal; send shorter segments",
                        value.length, value.length - 1);
        assertThat(letter.getTenant()).isNull();
    }

    @Test
    void anOversizeValueLeavesAnExcerptAndADigest() {
        byte[] value = new byte[SegmentReader.DEFAULT_MAX_SEGMENT_BYTES + 1];
        new Random(1).nextBytes(value);
        DeadLetter letter = rejected(READER, value, DeadLetterCause.OVERSIZE_SEGMENT);
        assertThat(letter.getPayload()).isEqualTo(ByteBuffer.wrap(value, 0, 4096));
        assertThat(letter.getPayloadBytes()).isEqualTo(1_048_577);
        assertThat(letter.getPayloadSha256()).isEqualTo(Digests.sha256(value));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 9, 10, 40})
    void anUnreadableValue(int length) {
        byte[] value = Arrays.copyOf(Segments.value(Segments.segment()), length);
        DeadLetter letter = rejected(READER, value, DeadLetterCause.UNREADABLE_RECORD);
        assertThat(letter.getMessage()).startsWith("Not a readable AudioSegment: ");
        assertThat(letter.getPayload()).isEqualTo(ByteBuffer.wrap(value));
        assertThat(letter.getChannel()).isNull();
    }

    @Test
    void anInvalidSegmentKeepsItsNamesAndItsBytes() {
        byte[] value = Segments.value(Segments.segment(segment -> segment.channel.channel = -1));
        DeadLetter letter = rejected(READER, value, DeadLetterCause.INVALID_SEGMENT);
        assertThat(letter.getMessage()).isEqualTo("channel is -1, legal are 0 to 255");
        assertThat(letter.getTenant()).isEqualTo("acme");
        assertThat(letter.getCallId()).isEqualTo("call-1");
        assertThat(letter.getChannel()).isEqualTo(-1);
        assertThat(letter.getStreamEpoch()).isEqualTo(2);
        assertThat(letter.getSequence()).isEqualTo(7);
        assertThat(letter.getStartMs()).isEqualTo(7000);
        assertThat(letter.getPayload()).isEqualTo(ByteBuffer.wrap(value));
    }

    @Test
    void aPayloadIsLimitedToo() {
        Segment largest = Segments.segment(segment -> segment.payload = new byte[SegmentReader.MAX_PAYLOAD_BYTES]);
        assertThat(read(READER, Segments.value(largest)).segment.payload).hasSize(1_000_000);

        Segment larger = Segments.segment(segment -> segment.payload = new byte[SegmentReader.MAX_PAYLOAD_BYTES + 1]);
        DeadLetter letter = rejected(READER, Segments.value(larger), DeadLetterCause.OVERSIZE_SEGMENT);
        assertThat(letter.getMessage()).startsWith("payload has 1000001 bytes, at most 1000000 are legal");
        assertThat(letter.getTenant()).isEqualTo("acme");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void everyDamagedRecordIsASegmentOrADeadLetter(long seed) {
        Random random = new Random(seed);
        byte[] value = Segments.value(Segments.segment());
        int rejected = 0;
        for (int i = 0; i < 5000; i++) {
            byte[] damaged = value.clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            ReadRecord read = read(READER, damaged);
            assertThat(read.segment == null).as("seed %d, record %d", seed, i).isNotEqualTo(read.rejected == null);
            rejected += read.rejected == null ? 0 : 1;
        }
        assertThat(rejected).as("seed %d", seed).isBetween(500, 4999);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void refusesALimitThatNothingPasses(int limit) {
        assertThatThrownBy(() -> new SegmentReader(limit))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxSegmentBytes is %d, must be positive", limit);
    }

    private static ReadRecord read(SegmentReader reader, byte[] value) {
        return reader.read(Topics.AUDIO_SEGMENTS, 3, 42, Segments.TIMESTAMP_MS, KEY, value);
    }

    /** With what every dead letter of this stage has. */
    private static DeadLetter rejected(SegmentReader reader, byte[] value, DeadLetterCause cause) {
        ReadRecord read = read(reader, value);
        assertThat(read.segment).isNull();
        DeadLetter letter = read.rejected;
        assertThat(letter.getCause()).isEqualTo(cause);
        assertThat(letter.getStage()).isEqualTo("read");
        assertThat(letter.getOrigin()).isEqualTo(new Origin(Topics.AUDIO_SEGMENTS, 3, 42L, 42L));
        assertThat(letter.getRecordTimestampMs()).isEqualTo(Segments.TIMESTAMP_MS);
        assertThat(letter.getKey()).isEqualTo(ByteBuffer.wrap(KEY));
        assertThat(letter.getPayloadBytes()).isEqualTo(value == null ? 0 : value.length);
        assertThat(letter.getId())
                .isEqualTo(
                        Digests.id(cause, Topics.AUDIO_SEGMENTS, 3, 42, 42, letter.getChannel(), letter.getStartMs()));
        return letter;
    }
}
