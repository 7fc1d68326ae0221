package io.amanuensis.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.SchemaStore;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SingleObjectCodecTest {
    private static final SingleObjectCodec<AudioSegment> CODEC = new SingleObjectCodec<>(AudioSegment.class);

    static List<SpecificRecordBase> samples() {
        return Samples.all();
    }

    /** The bytes were written by fastavro, see {@code src/test/python}. */
    @ParameterizedTest
    @MethodSource("samples")
    <T extends SpecificRecordBase> void readsAndWritesTheFrozenBytes(T sample) throws Exception {
        byte[] frozen = Samples.resource(sample, Samples.newestVersion(sample), "bin");
        assertThat(Samples.codec(sample).decode(frozen)).isEqualTo(sample);
        assertThat(Samples.codec(sample).encode(sample)).isEqualTo(frozen);
    }

    /** From an old version into the newest and back: nothing of the old record is lost on the way. */
    @ParameterizedTest
    @MethodSource("samples")
    <T extends SpecificRecordBase> void everyReleasedVersionSurvivesTheNewest(T sample) throws Exception {
        SingleObjectCodec<T> codec = Samples.codec(sample);
        for (int version = 1; version <= Samples.newestVersion(sample); version++) {
            byte[] frozen = Samples.resource(sample, version, "bin");
            byte[] newest = codec.encode(codec.decode(frozen));
            Schema old = ReleasedSchemas.versions(sample.getClass()).get(version - 1);
            BinaryMessageDecoder<GenericRecord> oldReader = new BinaryMessageDecoder<>(GenericData.get(), old);
            oldReader.addSchema(codec.schema());
            assertThat(new BinaryMessageEncoder<GenericRecord>(GenericData.get(), old)
                            .encode(oldReader.decode(newest))
                            .array())
                    .as("version %d", version)
                    .isEqualTo(frozen);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    <T extends SpecificRecordBase> void rejectsEveryProperPrefixAndEverythingLonger(T sample) throws IOException {
        SingleObjectCodec<T> codec = Samples.codec(sample);
        byte[] message = codec.encode(sample);
        for (int length = 0; length < message.length; length++) {
            byte[] prefix = Arrays.copyOf(message, length);
            assertThatThrownBy(() -> codec.decode(prefix)).isInstanceOf(UnreadableRecordException.class);
        }
        assertThatThrownBy(() -> codec.decode(Arrays.copyOf(message, message.length + 3)))
                .isInstanceOf(UnreadableRecordException.class)
                .hasMessage(
                        "Not a readable %s: 3 bytes follow the record",
                        codec.schema().getName());
    }

    @Test
    void saysWhatIsWrong() {
        byte[] message = CODEC.encode(Samples.audioSegment());
        assertUnreadable(new byte[9], "has 9 bytes, fewer than the 10 of the header");
        assertUnreadable(
                with(message, 0, 'R', 'I'), "begins with 5249, not with C301, the mark of single-object encoding");
        assertUnreadable(
                with(message, 2, 1, 2, 3, 4, 5, 6, 7, 0xF8),
                "schema fingerprint 01020304050607f8 is unknown; write with a released schema, or upgrade this reader first");
        assertUnreadable(
                Arrays.copyOf(message, message.length - 1), "ends before the record does, or holds a wrong length");
        assertUnreadable(
                new SingleObjectCodec<>(Transcript.class).encode(Samples.transcript()),
                "is a io.amanuensis.schemas.Transcript");
    }

    @Test
    void rejectsTextThatIsNotUtf8() {
        byte[] message = CODEC.encode(Samples.audioSegment());
        assertThat(message[11]).isEqualTo((byte) 'a');
        assertThatThrownBy(() -> CODEC.decode(with(message, 11, 0xFF)))
                .isInstanceOf(UnreadableRecordException.class)
                .hasMessageContaining("MalformedInput");
    }

    @Test
    void stillReadsAfterFailures() throws Exception {
        byte[] message = CODEC.encode(Samples.audioSegment());
        assertThatThrownBy(() -> CODEC.decode(Arrays.copyOf(message, 30)))
                .isInstanceOf(UnreadableRecordException.class);
        assertThat(CODEC.decode(message)).isEqualTo(Samples.audioSegment());
    }

    @Test
    void readsAnOlderAndANewerSchemaFromTheStore() throws Exception {
        SchemaStore.Cache store = new SchemaStore.Cache();
        SingleObjectCodec<Origin> codec = new SingleObjectCodec<>(Origin.class, store);
        Schema newer = new Schema.Parser()
                .parse(Origin.getClassSchema()
                        .toString()
                        .replace(
                                "\"fields\":[",
                                "\"fields\":[{\"name\":\"tags\",\"type\":{\"type\":\"array\",\"items\":\"string\"}},"
                                        + "{\"name\":\"labels\",\"type\":{\"type\":\"map\",\"values\":\"bytes\"}},"));
        GenericRecord written = new GenericData.Record(newer);
        written.put("tags", List.of("one", "two"));
        written.put("labels", Map.of("key", ByteBuffer.wrap(new byte[] {1, 2})));
        written.put("topic", "calls");
        written.put("partition", 3);
        written.put("firstOffset", 5L);
        written.put("lastOffset", 9L);
        byte[] message = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), newer)
                .encode(written)
                .array();

        assertThatThrownBy(() -> codec.decode(message)).isInstanceOf(UnreadableRecordException.class);
        store.addSchema(newer);
        assertThat(codec.decode(message)).isEqualTo(new Origin("calls", 3, 5L, 9L));
    }

    @Test
    void aSymbolNewerThanTheReaderIsUnknown() throws Exception {
        Schema newer = new Schema.Parser()
                .parse(AudioSegment.getClassSchema().toString().replace("\"MP3\"]", "\"MP3\",\"AMR\"]"));
        SchemaStore.Cache store = new SchemaStore.Cache();
        store.addSchema(newer);
        byte[] message = CODEC.encode(Samples.audioSegment());
        int encodingAt = indexOf(message, new byte[] {16, (byte) 0x80, 0x7D}); // MP3, 8000 Hz
        message[encodingAt] = 18;
        ByteBuffer.wrap(message)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(2, SchemaNormalization.parsingFingerprint64(newer));

        assertThat(new SingleObjectCodec<>(AudioSegment.class, store)
                        .decode(message)
                        .getEncoding())
                .isEqualTo(AudioEncoding.UNKNOWN);
    }

    /** A registry that cannot be reached says nothing about the record. */
    @Test
    void doesNotMistakeAFailingStoreForABadRecord() {
        SingleObjectCodec<AudioSegment> codec = new SingleObjectCodec<>(AudioSegment.class, fingerprint -> {
            throw new IllegalStateException("registry is down");
        });
        byte[] message = with(CODEC.encode(Samples.audioSegment()), 2, 0);
        assertThatThrownBy(() -> codec.decode(message)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void isSharedByThreads() {
        List<AudioSegment> decoded = IntStream.range(0, 2000)
                .parallel()
                .mapToObj(sequence -> {
                    // Not a builder's copy of one sample: copying a buffer moves the position of the one copied.
                    AudioSegment segment = Samples.audioSegment();
                    segment.setSequence((long) sequence);
                    try {
                        return CODEC.decode(CODEC.encode(segment));
                    } catch (UnreadableRecordException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
        assertThat(decoded)
                .extracting(AudioSegment::getSequence)
                .containsExactlyElementsOf(
                        IntStream.range(0, 2000).mapToObj(Long::valueOf).toList());
    }

    private static void assertUnreadable(byte[] message, String why) {
        assertThatThrownBy(() -> CODEC.decode(message))
                .isInstanceOf(UnreadableRecordException.class)
                .hasMessage("Not a readable AudioSegment: " + why);
    }

    private static byte[] with(byte[] message, int offset, int... bytes) {
        byte[] changed = message.clone();
        for (int i = 0; i < bytes.length; i++) {
            changed[offset + i] = (byte) bytes[i];
        }
        return changed;
    }

    private static int indexOf(byte[] message, byte[] part) {
        return IntStream.range(0, message.length - part.length)
                .filter(at -> Arrays.equals(message, at, at + part.length, part, 0, part.length))
                .findFirst()
                .orElseThrow();
    }
}
