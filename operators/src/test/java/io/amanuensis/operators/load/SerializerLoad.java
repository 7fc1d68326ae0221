package io.amanuensis.operators.load;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.operators.decodeaudio.ChannelSound;
import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.DecodedWindow;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.findspeech.ChannelSpeech;
import io.amanuensis.operators.findspeech.StoredChunk;
import io.amanuensis.operators.read.ReadRecord;
import io.amanuensis.operators.sequence.ChannelOrder;
import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.ChannelRole;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** One element of the usual size to and from bytes, as on the wire and in state. */
public final class SerializerLoad {
    private static final int SEGMENT_BYTES = 2000;
    private static final int CHUNK_SAMPLES = 4000;
    private static final int WINDOW_SAMPLES = 480_000;

    /** Of OpenAI's base model: 1500 positions of 512 values. */
    private static final int STATE_BYTES = 1500 * 512 * 2;

    private static final int TOKENS = 100;
    private static final CallChannel CHANNEL =
            new CallChannel("acme", "call-4711", 1, ChannelRole.CUSTOMER, 0, 1_767_258_000_000L, "en");
    private static final OffsetRange ORIGIN = new OffsetRange("amanuensis.audio-segments.v1", 3, 4711, 4830);

    private final TypeSerializer<Object> serializer;
    private final Object element;
    private final DataOutputSerializer target;
    private final byte[] bytes;

    /** What flows or rests. */
    public enum Element {
        READ_RECORD(() -> ReadRecord.of(segment())),
        SEGMENT(SerializerLoad::segment),
        PCM_CHUNK(SerializerLoad::chunk),
        SPAN(() -> new Span(CHANNEL, 5, Span.Kind.SPEECH, 16_000, 496_000)),
        PCM_WINDOW(() -> new PcmWindow(window(), noise(WINDOW_SAMPLES))),
        ENCODED_WINDOW(SerializerLoad::encoded),
        DECODED_WINDOW(SerializerLoad::decoded),
        CHANNEL_ORDER(ChannelOrder::new),
        CHANNEL_SOUND(SerializerLoad::sound),
        CHANNEL_SPEECH(SerializerLoad::speech),
        STORED_CHUNK(SerializerLoad::stored);

        private final Supplier<Object> sample;

        Element(Supplier<Object> sample) {
            this.sample = sample;
        }
    }

    @SuppressWarnings("unchecked")
    public SerializerLoad(Element kind) throws IOException {
        element = kind.sample.get();
        serializer = (TypeSerializer<Object>)
                TypeInformation.of(element.getClass()).createSerializer(new SerializerConfigImpl());
        target = new DataOutputSerializer(1 << 21);
        serialize();
        bytes = target.getCopyOfBuffer();
    }

    /** @return the bytes it took */
    public int serialize() throws IOException {
        target.clear();
        serializer.serialize(element, target);
        return target.length();
    }

    public Object deserialize() throws IOException {
        return serializer.deserialize(new DataInputDeserializer(bytes));
    }

    /** As between chained stages without object reuse. */
    public Object copy() {
        return serializer.copy(element);
    }

    private static Segment segment() {
        Segment segment = new Segment();
        segment.channel = CHANNEL;
        segment.sequence = 17;
        segment.startMs = 4250;
        segment.encoding = AudioEncoding.MULAW;
        segment.sampleRateHz = 8000;
        segment.payload = bytes(SEGMENT_BYTES);
        segment.origin = ORIGIN;
        segment.recordTimestampMs = 1_767_258_004_500L;
        return segment;
    }

    private static PcmChunk chunk() {
        PcmChunk chunk = new PcmChunk();
        chunk.channel = CHANNEL;
        chunk.startSample = 68_000;
        chunk.samples = noise(CHUNK_SAMPLES);
        chunk.origin = ORIGIN;
        return chunk;
    }

    private static WindowInfo window() {
        return new WindowInfo(CHANNEL, 5, 16_000, WINDOW_SAMPLES, ORIGIN);
    }

    private static EncodedWindow encoded() {
        EngineFacts engine = new EngineFacts("base", "0123456789abcdef".repeat(4), "cpu", "0.1.0 gcc-12.2.0 avx512");
        return new EncodedWindow(window(), bytes(STATE_BYTES), "0badcafe", engine, 3.1, 85.5, 2, null);
    }

    private static DecodedWindow decoded() {
        int[] tokens = new Random(2).ints(TOKENS, 0, 50_000).toArray();
        String text = "word ".repeat(TOKENS);
        List<AlignedWord> words = Collections.nCopies(TOKENS, new AlignedWord("word", 1000, 1300, 0.9));
        return new DecodedWindow(
                encoded().withoutStates(),
                new DecodedWindow.Hypothesis(tokens, text, "en", -0.2, 0.01, 1.4, true),
                words,
                35.5,
                4.5,
                null);
    }

    private static ChannelSound sound() {
        ChannelSound sound = new ChannelSound();
        sound.channel = CHANNEL;
        sound.origin = ORIGIN;
        sound.sampleRateHz = 8000;
        sound.run.history = new float[115];
        sound.run.inputSamples = 34_000;
        sound.run.outputSamples = 67_884;
        return sound;
    }

    private static ChannelSpeech speech() {
        ChannelSpeech speech = new ChannelSpeech();
        speech.channel = CHANNEL;
        speech.spanIndex = 5;
        speech.heardEndSample = 68_000;
        speech.partialFrame = noise(204);
        speech.detectorMemory = new float[4];
        speech.speaking = true;
        return speech;
    }

    private static StoredChunk stored() {
        StoredChunk stored = new StoredChunk();
        stored.startSample = 68_000;
        stored.pcm = bytes(2 * CHUNK_SAMPLES);
        stored.origin = ORIGIN;
        return stored;
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static short[] noise(int samples) {
        Random random = new Random(1);
        short[] noise = new short[samples];
        for (int i = 0; i < samples; i++) {
            noise[i] = (short) (3000 * random.nextGaussian());
        }
        return noise;
    }
}
