package io.amanuensis.operators.element;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.schemas.ChannelRole;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** Those in flight are in checkpoints: bytes that any build wrote stay readable. The frozen ones were made by hand. */
class UtteranceSoFarTest {
    private static final UtteranceSoFar.Serializer SERIALIZER = UtteranceSoFar.Serializer.INSTANCE;
    private static final CallChannel CHANNEL =
            new CallChannel("acme", "call-1", 1, ChannelRole.AGENT, 2, 1_767_258_000_000L, "de");

    @Test
    void readsVersion1() throws IOException {
        DataInputDeserializer source = new DataInputDeserializer(frozen("UtteranceSoFar.v1.hex"));
        assertThat(SERIALIZER.deserialize(source)).usingRecursiveComparison().isEqualTo(sound());
        assertThat(source.available()).isZero();
    }

    @Test
    void writesVersion1() throws IOException {
        assertThat(bytes(sound())).isEqualTo(frozen("UtteranceSoFar.v1.hex"));
    }

    @Test
    void saysWhichVersionItCannotRead() throws IOException {
        byte[] newer = bytes(sound());
        newer[0] = 2;
        assertThatThrownBy(() -> SERIALIZER.deserialize(new DataInputDeserializer(newer)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bytes of version 2, this build reads up to 1");
    }

    @Test
    void supersedesWhatCoversLessOfTheSameUtterance() {
        UtteranceSoFar older = of(CHANNEL, 0, 0, false, 1000);
        assertThat(of(CHANNEL, 0, 0, false, 2000).supersedes(older)).isTrue();
        assertThat(of(CHANNEL, 0, 900, false, 200).supersedes(older)).isTrue();
        assertThat(of(CHANNEL, 0, 0, false, 1000).supersedes(older)).isFalse();
        assertThat(of(CHANNEL, 0, 0, false, 500).supersedes(older)).isFalse();
        assertThat(of(CHANNEL, 5, 5, false, 2000).supersedes(older)).isFalse();
        CallChannel restarted = new CallChannel("acme", "call-1", 1, ChannelRole.AGENT, 3, 1_767_258_000_000L, "de");
        assertThat(of(restarted, 0, 0, false, 2000).supersedes(older)).isFalse();
    }

    @Test
    void theEndOfAPieceSupersedesThePieceAndIsNeverSuperseded() {
        UtteranceSoFar end = of(CHANNEL, 0, 0, true, 900);
        assertThat(end.supersedes(of(CHANNEL, 0, 0, false, 1000))).isTrue();
        assertThat(end.supersedes(of(CHANNEL, 0, 900, false, 1000))).isFalse();
        assertThat(of(CHANNEL, 0, 900, false, 2000).supersedes(end)).isFalse();
        assertThat(of(CHANNEL, 0, 900, true, 2000).supersedes(end)).isFalse();
    }

    private static UtteranceSoFar sound() {
        return new UtteranceSoFar(CHANNEL, 16_001, 32_002, true, new short[] {1, -2, Short.MAX_VALUE});
    }

    private static UtteranceSoFar of(
            CallChannel channel, long utteranceStartSample, long startSample, boolean closing, int samples) {
        return new UtteranceSoFar(channel, utteranceStartSample, startSample, closing, new short[samples]);
    }

    private static byte[] bytes(UtteranceSoFar sound) throws IOException {
        DataOutputSerializer target = new DataOutputSerializer(64);
        SERIALIZER.serialize(sound, target);
        return target.getCopyOfBuffer();
    }

    /** Hex digits, with comments from # to the end of a line. */
    private static byte[] frozen(String name) throws IOException {
        try (InputStream file = UtteranceSoFarTest.class.getResourceAsStream(name)) {
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return HexFormat.of().parseHex(text.replaceAll("#.*", "").replaceAll("\\s", ""));
        }
    }
}
