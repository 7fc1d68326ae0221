package io.amanuensis.operators.element;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetterCause;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** Encoded and decoded windows in flight are in checkpoints. The frozen ones were made by hand; {@link PcmWindowSerializerTest} has those before them. */
class WindowSerializersTest {
    @Test
    void readsAndWritesEncodedWindowsOfVersion5() throws IOException {
        assertFrozen("EncodedWindow.v5.hex", EncodedWindow.Serializer.INSTANCE, encoded());
    }

    @Test
    void readsAndWritesDecodedWindowsOfVersion6() throws IOException {
        DecodedWindow.Hypothesis hypothesis =
                new DecodedWindow.Hypothesis(new int[] {777, 5, 778}, "Grüße", "de", -0.25, 0.125, 1.5, true);
        assertFrozen(
                "DecodedWindow.v6.hex",
                DecodedWindow.Serializer.INSTANCE,
                new DecodedWindow(
                        encoded(),
                        hypothesis,
                        List.of(new AlignedWord("Grüße", 10, 600, 0.5)),
                        3.5,
                        4.5,
                        new WindowFailure("align", DeadLetterCause.ENGINE_DEADLINE, "too slow")));
    }

    @Test
    void saysWhichVersionItCannotRead() throws IOException {
        byte[] newer = frozen("EncodedWindow.v5.hex");
        newer[0] = 6;
        assertThatThrownBy(() -> EncodedWindow.Serializer.INSTANCE.deserialize(new DataInputDeserializer(newer)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bytes of version 6, this build reads up to 5");
    }

    private static EncodedWindow encoded() {
        CallChannel channel = new CallChannel("acme", "call-1", 1, ChannelRole.AGENT, 2, 1_767_258_000_000L, "de");
        WindowInfo first = new WindowInfo(channel, 5, 16_001, 1, 1, new OffsetRange("calls", 3, 42, 42));
        WindowInfo second = new WindowInfo(channel, 7, 32_002, 1, 0, new OffsetRange("calls", 3, 43, 44));
        WindowInfo info = WindowInfo.ofPacked(
                List.of(new PackedUtterance(first, 0), new PackedUtterance(second, 2)),
                3,
                new OffsetRange("calls", 3, 42, 44));
        EngineFacts engine = new EngineFacts("tiny", "00ff", "cpu", "0.1.0");
        return new EncodedWindow(info, new byte[] {1, -1, 0, 127}, "0badcafe", engine, 1.5, 2.5, 3, null);
    }

    private static <T> void assertFrozen(String file, TypeSerializer<T> serializer, T expected) throws IOException {
        DataInputDeserializer source = new DataInputDeserializer(frozen(file));
        assertThat(serializer.deserialize(source)).usingRecursiveComparison().isEqualTo(expected);
        assertThat(source.available()).isZero();
        DataOutputSerializer target = new DataOutputSerializer(64);
        serializer.serialize(expected, target);
        assertThat(target.getCopyOfBuffer()).isEqualTo(frozen(file));
    }

    /** Hex digits, with comments from # to the end of a line. */
    private static byte[] frozen(String name) throws IOException {
        try (InputStream file = WindowSerializersTest.class.getResourceAsStream(name)) {
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return HexFormat.of().parseHex(text.replaceAll("#.*", "").replaceAll("\\s", ""));
        }
    }
}
