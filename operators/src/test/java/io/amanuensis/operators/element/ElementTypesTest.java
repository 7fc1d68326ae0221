package io.amanuensis.operators.element;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.operators.device.Level;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.operators.read.ReadRecord;
import io.amanuensis.operators.read.SegmentMapper;
import io.amanuensis.schemas.Alignment;
import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.Origin;
import io.amanuensis.schemas.StageDurations;
import io.amanuensis.schemas.SuppressedReason;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What travels between stages or rests in state has a serializer of Flink's, Avro's or our own; never Kryo. */
class ElementTypesTest {
    /** Each type with all fields set, and with as many nulls as it allows. A new element type is added here. */
    static Stream<Object> elements() {
        OffsetRange origin = new OffsetRange("calls", 3, 42, 44);
        CallChannel channel = new CallChannel("acme", "call-1", 1, ChannelRole.AGENT, 2, 1_767_258_000_000L, "de");
        CallChannel noHint = new CallChannel("acme", "call-1", 0, ChannelRole.UNKNOWN, 0, 0, null);
        WindowInfo window = new WindowInfo(channel, 5, 16_001, 3, 2, origin);
        Segment segment = segment(channel, origin);
        Transcript transcript = transcript();
        EngineFacts engine = new EngineFacts("tiny", "00ff", "cpu", "0.1.0");
        WindowFailure failure = new WindowFailure("encode", DeadLetterCause.ENGINE_DEADLINE, "too slow");
        EncodedWindow encoded =
                new EncodedWindow(window, new byte[] {1, -1, 0, 127}, "0badcafe", engine, 1.5, 2.5, 3, null);
        DecodedWindow.Hypothesis hypothesis =
                new DecodedWindow.Hypothesis(new int[] {777, 5, 778}, "Grüße", "de", -0.25, 0.125, 1.5, true);
        PcmWindow packed = new PcmWindow(
                WindowInfo.ofPacked(List.of(new PackedUtterance(window, 0), new PackedUtterance(window, 5)), 8, origin),
                new short[] {1, 2, 3, 0, 0, 6, 7, 8});
        Reference reference = new Reference("file:///calls/1.wav", 3, "00ff");
        UtteranceSoFar sound = new UtteranceSoFar(channel, 16_001, 32_002, true, new short[] {1, -2});
        return Stream.of(
                origin,
                channel,
                noHint,
                channel.key(),
                channel.callKey(),
                segment,
                segment(noHint, origin),
                segment(channel, origin).fetched(reference, new byte[] {7}),
                segment(channel, origin)
                        .fetched(reference.failed(DeadLetterCause.REFERENCE_MISSING, "not there"), new byte[0]),
                reference,
                chunk(channel, new short[] {1, -2, Short.MIN_VALUE}, origin),
                chunk(noHint, new short[0], null),
                new Span(channel, 5, Span.Kind.GAP, 16_001, 16_004),
                counted(channel),
                new SettledSpan(
                        new Span(channel, 5, Span.Kind.SPEECH, 16_001, 16_004),
                        SettledSpan.Kind.TEXT,
                        SpokenTurn.of(transcript)),
                new SettledSpan(new Span(noHint, 6, Span.Kind.END, 4, 4), SettledSpan.Kind.END, null),
                SpokenTurn.of(transcript),
                SpokenTurn.of(transcript).withoutText(),
                window,
                new PcmWindow(window, new short[] {1, -2, Short.MAX_VALUE}),
                new PcmWindow(new WindowInfo(noHint, 0, 0, 0, origin), new short[0], 2),
                packed.info().packed.get(1),
                packed,
                encoded,
                EncodedWindow.failed(window, engine, failure),
                new EncodedWindow(packed.info(), new byte[] {1, -1}, "0badcafe", engine, 1.5, 2.5, 2, null),
                new DecodedWindow(encoded, hypothesis, List.of(new AlignedWord("Grüße", 10, 600, 0.5)), 3.5, 4.5, null),
                new DecodedWindow(encoded.withoutStates(), hypothesis, null, 3.5, 0, null),
                DecodedWindow.failed(encoded, failure),
                engine,
                failure,
                sound,
                SpeechNews.failed(sound),
                SpeechNews.hypothesis(sound, new SpeechNews.Decoded("Grüße", "de", "0badcafe", engine)),
                SpeechNews.event(SpeechNews.Kind.STARTED, noHint, 1, 2, 3),
                WindowOutcome.of(window, WindowOutcome.Kind.TEXT, transcript),
                suppressed(window, transcript),
                WindowOutcomes.of(List.of(
                        WindowOutcome.of(window, WindowOutcome.Kind.TEXT, transcript), suppressed(window, transcript))),
                WindowOutcome.failed(
                        window, DeadLetters.ofWindow("encode", DeadLetterCause.ENGINE_DEVICE, "gone", window)),
                ReadRecord.of(segment),
                ReadRecord.rejected(
                        DeadLetters.ofRecord("read", DeadLetterCause.TOMBSTONE, "no value", origin, 7, null, null)),
                SegmentMapper.toRecord(segment),
                SegmentMapper.toRecord(segment(noHint, origin)),
                DeadLetters.ofSegment("sequence", DeadLetterCause.LATE_SEGMENT, "late", segment),
                DeadLetters.ofWindow("encode", DeadLetterCause.ENGINE_DEVICE, "gone", window),
                transcript);
    }

    @ParameterizedTest
    @MethodSource("elements")
    void hasASerializerOfItsOwn(Object element) {
        assertThat(TypeInformation.of(element.getClass()))
                .isInstanceOfAny(PojoTypeInfo.class, AvroTypeInfo.class, ElementTypeInfo.class);
        // Throws if a field, however deep, were left to Kryo.
        assertThat(serializer(element)).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("elements")
    void survivesSerialization(Object element) throws IOException {
        TypeSerializer<Object> serializer = serializer(element);
        byte[] bytes = bytes(serializer, element);
        assertSame(serializer.deserialize(new DataInputDeserializer(bytes)), element);
        assertSame(serializer.copy(element), element);
        // Large enough at once: it does not grow for bytes that come from an input view.
        DataOutputSerializer copied = new DataOutputSerializer(bytes.length);
        serializer.copy(new DataInputDeserializer(bytes), copied);
        assertThat(copied.getCopyOfBuffer()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @MethodSource("elements")
    void isReadFromASavepoint(Object element) throws IOException {
        TypeSerializer<Object> serializer = serializer(element);
        DataOutputSerializer snapshot = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(snapshot, serializer.snapshotConfiguration());
        TypeSerializerSnapshot<Object> restored = TypeSerializerSnapshot.readVersionedSnapshot(
                new DataInputDeserializer(snapshot.getCopyOfBuffer()),
                getClass().getClassLoader());
        assertThat(serializer
                        .snapshotConfiguration()
                        .resolveSchemaCompatibility(restored)
                        .isCompatibleAsIs())
                .isTrue();
        byte[] bytes = bytes(serializer, element);
        assertSame(restored.restoreSerializer().deserialize(new DataInputDeserializer(bytes)), element);
    }

    /** What a job left in flight that aligned after decode, from the states. */
    @Test
    void decodedWindowOfVersion1HasStatesAndNoWords() throws IOException {
        EncodedWindow encoded = elements()
                .filter(EncodedWindow.class::isInstance)
                .map(EncodedWindow.class::cast)
                .findFirst()
                .orElseThrow();
        DataOutputSerializer target = new DataOutputSerializer(64);
        target.writeByte(1);
        EncodedWindow.write(1, encoded, target);
        target.writeDouble(3.5);
        target.writeBoolean(false); // no failure
        target.writeBoolean(false); // no hypothesis
        DecodedWindow read =
                DecodedWindow.Serializer.INSTANCE.deserialize(new DataInputDeserializer(target.getCopyOfBuffer()));
        assertThat(read.encoded().info().speechSamples).isZero();
        read.encoded().info().speechSamples = encoded.info().speechSamples;
        assertSame(read, new DecodedWindow(encoded.atLevel(Level.CPU), null, null, 3.5, 0, null));
        assertThat(read.encoded().states()).isNotEmpty();
    }

    @Test
    void noElementIsForgotten() throws IOException {
        try (Stream<Path> sources = Files.list(Path.of("src/main/java/io/amanuensis/operators/element"))) {
            List<Class<?>> types = sources.map(
                            source -> source.getFileName().toString().replace(".java", ""))
                    .filter(name -> !name.equals("package-info"))
                    .<Class<?>>map(ElementTypesTest::named)
                    .filter(type -> Modifier.isPublic(type.getModifiers()) && !type.isEnum())
                    .toList();
            assertThat(elements().<Class<?>>map(Object::getClass)).containsAll(types);
        }
    }

    private static Class<?> named(String simpleName) {
        try {
            return Class.forName(ElementTypesTest.class.getPackageName() + "." + simpleName);
        } catch (ClassNotFoundException e) {
            throw new AssertionError("one type a file", e);
        }
    }

    private static void assertSame(Object actual, Object expected) {
        assertThat(actual).hasSameClassAs(expected).usingRecursiveComparison().isEqualTo(expected);
    }

    @SuppressWarnings("unchecked")
    private static TypeSerializer<Object> serializer(Object element) {
        Configuration noKryo = new Configuration().set(PipelineOptions.GENERIC_TYPES, false);
        return (TypeSerializer<Object>)
                TypeInformation.of(element.getClass()).createSerializer(new SerializerConfigImpl(noKryo));
    }

    private static byte[] bytes(TypeSerializer<Object> serializer, Object element) throws IOException {
        DataOutputSerializer target = new DataOutputSerializer(64);
        serializer.serialize(element, target);
        return target.getCopyOfBuffer();
    }

    private static Segment segment(CallChannel channel, OffsetRange origin) {
        Segment segment = new Segment();
        segment.channel = channel;
        segment.sequence = 7;
        segment.startMs = 7000;
        segment.encoding = AudioEncoding.MULAW;
        segment.sampleRateHz = 8000;
        segment.payload = new byte[] {1, 2, (byte) 0xFF};
        segment.lastOfChannel = true;
        segment.origin = origin;
        segment.recordTimestampMs = 1_767_258_007_500L;
        return segment;
    }

    private static PcmChunk chunk(CallChannel channel, short[] samples, OffsetRange origin) {
        PcmChunk chunk = new PcmChunk();
        chunk.channel = channel;
        chunk.startSample = 16_001;
        chunk.samples = samples;
        chunk.gapSamples = samples.length == 0 ? 160 : 0;
        chunk.last = true;
        chunk.origin = origin;
        return chunk;
    }

    private static CountedSound counted(CallChannel channel) {
        CountedSound counted = CountedSound.begun(channel, 16_000);
        counted.kind = CountedSound.Kind.ENDED;
        counted.endSample = 32_000;
        counted.receivedSamples = 8_000;
        counted.missingSamples = 5_000;
        counted.refusedSamples = 3_000;
        counted.missingSegments = 2;
        counted.segmentSamples = 4_000;
        return counted;
    }

    private static WindowOutcome suppressed(WindowInfo window, Transcript transcript) {
        WindowOutcome outcome = WindowOutcome.of(window, WindowOutcome.Kind.NON_SPEECH, transcript);
        outcome.suppressedReason = SuppressedReason.PHRASE;
        return outcome;
    }

    private static Transcript transcript() {
        return Transcript.newBuilder()
                .setId("0")
                .setTenant("acme")
                .setCallId("call-1")
                .setChannel(1)
                .setStreamEpoch(2)
                .setCallStartEpochMs(Instant.ofEpochMilli(1_767_258_000_000L))
                .setStartMs(1000)
                .setEndMs(2001)
                .setText("Grüße")
                .setWords(List.of(new Word("Grüße", 1000L, 2001L, 0.5)))
                .setAlignment(Alignment.DTW)
                .setLanguage("de")
                .setTokens(List.of(50364, 2))
                .setAverageLogProbability(-0.5)
                .setNoSpeechProbability(0.25)
                .setCompressionRatio(1)
                .setModelName("demo")
                .setModelHash("0")
                .setBackEnd("echo")
                .setLibraryBuild("0")
                .setEncoderChecksum("00000000")
                .setDegradationLevel(2)
                .setOrigin(new Origin("calls", 3, 42L, 44L))
                .setStageDurations(new StageDurations(1.0, 2.0, 3.0, 4.0))
                .build();
    }
}
