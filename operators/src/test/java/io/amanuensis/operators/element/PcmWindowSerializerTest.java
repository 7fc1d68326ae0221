package io.amanuensis.operators.element;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.schemas.ChannelRole;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** Windows in flight are in checkpoints: bytes that any build wrote stay readable. The frozen ones were made by hand. */
class PcmWindowSerializerTest {
    private static final PcmWindow.Serializer SERIALIZER = PcmWindow.Serializer.INSTANCE;

    @Test
    void readsVersion1WhichDoesNotCountSpeech() throws IOException {
        assertReads("PcmWindow.v1.hex", window(0));
    }

    @Test
    void readsVersion2() throws IOException {
        assertReads("PcmWindow.v2.hex", window(2));
    }

    @Test
    void readsVersion3() throws IOException {
        assertReads("PcmWindow.v3.hex", withContext());
    }

    @Test
    void readsVersion4() throws IOException {
        assertReads("PcmWindow.v4.hex", packed());
    }

    @Test
    void readsAndWritesVersion5() throws IOException {
        PcmWindow parked = new PcmWindow(packed().info(), packed().samples(), 7);
        assertReads("PcmWindow.v5.hex", parked);
        assertThat(bytes(parked)).isEqualTo(frozen("PcmWindow.v5.hex"));
    }

    private static void assertReads(String file, PcmWindow expected) throws IOException {
        DataInputDeserializer source = new DataInputDeserializer(frozen(file));
        assertThat(SERIALIZER.deserialize(source)).usingRecursiveComparison().isEqualTo(expected);
        assertThat(source.available()).isZero();
    }

    /** Seed 1. Behind the sound is the count of parkings. */
    @Test
    void longSoundIsWrittenWholeAndInOrder() throws IOException {
        Random random = new Random(1);
        short[] samples = new short[300_001];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) random.nextInt();
        }
        WindowInfo info = window(2).info();
        info.sampleCount = samples.length;
        PcmWindow window = new PcmWindow(info, samples);

        byte[] bytes = bytes(window);
        int begin = bytes.length - Integer.BYTES - samples.length * Short.BYTES;
        assertThat(ByteBuffer.wrap(bytes).getInt(begin - Integer.BYTES)).isEqualTo(samples.length * Short.BYTES);
        for (int i = 0; i < samples.length; i++) {
            int at = begin + i * Short.BYTES;
            assertThat((short) (bytes[at] & 0xff | bytes[at + 1] << 8)).isEqualTo(samples[i]);
        }
        assertThat(SERIALIZER.deserialize(new DataInputDeserializer(bytes)).samples())
                .isEqualTo(samples);
    }

    @Test
    void leavesTheSpectrogramBehind() throws IOException {
        PcmWindow featurized = window(2).withLogMel(new float[80 * 3000], 12.5);
        assertThat(bytes(featurized)).isEqualTo(bytes(window(2)));
        assertThat(SERIALIZER
                        .deserialize(new DataInputDeserializer(bytes(featurized)))
                        .logMel())
                .isNull();
    }

    @Test
    void saysWhichVersionItCannotRead() throws IOException {
        byte[] newer = bytes(window(2));
        newer[0] = 6;
        assertThatThrownBy(() -> SERIALIZER.deserialize(new DataInputDeserializer(newer)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bytes of version 6, this build reads up to 5");
    }

    private static PcmWindow window(int speechSamples) {
        CallChannel channel = new CallChannel("acme", "call-1", 1, ChannelRole.AGENT, 2, 1_767_258_000_000L, "de");
        OffsetRange origin = new OffsetRange("calls", 3, 42, 44);
        return new PcmWindow(
                new WindowInfo(channel, 5, 16_001, 3, speechSamples, origin), new short[] {1, -2, Short.MAX_VALUE});
    }

    private static PcmWindow withContext() {
        WindowInfo info = window(2).info();
        info.sampleCount = 0;
        info.contextBeforeSamples = 1;
        info.contextAfterSamples = 2;
        return new PcmWindow(info, new short[] {1, -2, Short.MAX_VALUE});
    }

    /** Two utterances of a sample each, and a sample of silence between them. */
    private static PcmWindow packed() {
        CallChannel channel = window(0).info().channel;
        WindowInfo first = new WindowInfo(channel, 5, 16_001, 1, 1, new OffsetRange("calls", 3, 42, 42));
        WindowInfo second = new WindowInfo(channel, 7, 32_002, 1, 0, new OffsetRange("calls", 3, 43, 44));
        WindowInfo info = WindowInfo.ofPacked(
                List.of(new PackedUtterance(first, 0), new PackedUtterance(second, 2)),
                3,
                new OffsetRange("calls", 3, 42, 44));
        return new PcmWindow(info, new short[] {1, 0, Short.MAX_VALUE});
    }

    private static byte[] bytes(PcmWindow window) throws IOException {
        DataOutputSerializer target = new DataOutputSerializer(64);
        SERIALIZER.serialize(window, target);
        return target.getCopyOfBuffer();
    }

    /** Hex digits, with comments from # to the end of a line. */
    private static byte[] frozen(String name) throws IOException {
        try (InputStream file = PcmWindowSerializerTest.class.getResourceAsStream(name)) {
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return HexFormat.of().parseHex(text.replaceAll("#.*", "").replaceAll("\\s", ""));
        }
    }
}
