package io.amanuensis.operators.element;

import io.amanuensis.schemas.ChannelRole;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The parts that elements share, as bytes. Part of the elements' formats: a change here needs a new version of each. */
final class ElementIo {
    private ElementIo() {}

    /** A window's bytes as a whole would be one more large array for the collector; much smaller pieces take files longer. */
    private static final int MOST_SAMPLES_AT_ONCE = 128 * 1024;

    /** Version from which on it says which utterances share the window. */
    private static final int PACKED_SINCE = 4;

    /** Version from which on it says how much sound of the neighbours the window holds. */
    private static final int CONTEXT_SINCE = 3;

    /** Version from which on the elements' window information says how much of the window is speech. */
    private static final int SPEECH_SAMPLES_SINCE = 2;

    /** @param version of the element: 1 to 4 */
    static void writeInfo(int version, WindowInfo info, DataOutputView target) throws IOException {
        writeChannel(info.channel, target);
        target.writeLong(info.index);
        target.writeLong(info.startSample);
        target.writeInt(info.sampleCount);
        writeOrigin(info.origin, target);
        if (version >= SPEECH_SAMPLES_SINCE) {
            target.writeInt(info.speechSamples);
        }
        if (version >= CONTEXT_SINCE) {
            target.writeInt(info.contextBeforeSamples);
            target.writeInt(info.contextAfterSamples);
        }
        if (version >= PACKED_SINCE) {
            target.writeInt(info.packed.size());
            for (PackedUtterance utterance : info.packed) {
                target.writeInt(utterance.offsetSamples());
                target.writeLong(utterance.info().index);
                target.writeLong(utterance.info().startSample);
                target.writeInt(utterance.info().sampleCount);
                target.writeInt(utterance.info().speechSamples);
                writeOrigin(utterance.info().origin, target);
            }
        }
    }

    private static List<PackedUtterance> readPacked(CallChannel channel, DataInputView source) throws IOException {
        int count = source.readInt();
        List<PackedUtterance> packed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int offsetSamples = source.readInt();
            packed.add(new PackedUtterance(
                    new WindowInfo(
                            channel,
                            source.readLong(),
                            source.readLong(),
                            source.readInt(),
                            source.readInt(),
                            readOrigin(source)),
                    offsetSamples));
        }
        return packed;
    }

    private static void writeOrigin(OffsetRange origin, DataOutputView target) throws IOException {
        target.writeUTF(origin.topic);
        target.writeInt(origin.partition);
        target.writeLong(origin.firstOffset);
        target.writeLong(origin.lastOffset);
    }

    private static OffsetRange readOrigin(DataInputView source) throws IOException {
        return new OffsetRange(source.readUTF(), source.readInt(), source.readLong(), source.readLong());
    }

    /** @param version of the element: 1 to 4 */
    static WindowInfo readInfo(int version, DataInputView source) throws IOException {
        CallChannel channel = readChannel(source);
        WindowInfo info =
                new WindowInfo(channel, source.readLong(), source.readLong(), source.readInt(), readOrigin(source));
        if (version >= SPEECH_SAMPLES_SINCE) {
            info.speechSamples = source.readInt();
        }
        if (version >= CONTEXT_SINCE) {
            info.contextBeforeSamples = source.readInt();
            info.contextAfterSamples = source.readInt();
        }
        if (version >= PACKED_SINCE) {
            info.packed = readPacked(channel, source);
        }
        return info;
    }

    static void writeChannel(CallChannel channel, DataOutputView target) throws IOException {
        target.writeUTF(channel.tenant);
        target.writeUTF(channel.callId);
        target.writeInt(channel.channel);
        target.writeUTF(channel.role.name());
        target.writeInt(channel.streamEpoch);
        target.writeLong(channel.callStartEpochMs);
        target.writeBoolean(channel.languageHint != null);
        if (channel.languageHint != null) {
            target.writeUTF(channel.languageHint);
        }
    }

    static CallChannel readChannel(DataInputView source) throws IOException {
        return new CallChannel(
                source.readUTF(),
                source.readUTF(),
                source.readInt(),
                ChannelRole.valueOf(source.readUTF()),
                source.readInt(),
                source.readLong(),
                source.readBoolean() ? source.readUTF() : null);
    }

    /** Strings of any length, unlike {@link DataOutputView#writeUTF}. */
    static void writeText(String text, DataOutputView target) throws IOException {
        writeBytes(text.getBytes(StandardCharsets.UTF_8), target);
    }

    static String readText(DataInputView source) throws IOException {
        return new String(readBytes(source), StandardCharsets.UTF_8);
    }

    static void writeBytes(byte[] bytes, DataOutputView target) throws IOException {
        target.writeInt(bytes.length);
        target.write(bytes);
    }

    static byte[] readBytes(DataInputView source) throws IOException {
        byte[] bytes = new byte[source.readInt()];
        source.readFully(bytes);
        return bytes;
    }

    /** As {@link #writeBytes} of the samples, little-endian, as the sound came and as the native library takes it. */
    static void writeSamples(short[] samples, DataOutputView target) throws IOException {
        target.writeInt(samples.length * Short.BYTES);
        byte[] bytes = new byte[pieceOf(samples) * Short.BYTES];
        ShortBuffer piece = samplesIn(bytes);
        for (int from = 0; from < samples.length; from += piece.capacity()) {
            int count = Math.min(piece.capacity(), samples.length - from);
            piece.clear().put(samples, from, count);
            target.write(bytes, 0, count * Short.BYTES);
        }
    }

    static short[] readSamples(DataInputView source) throws IOException {
        short[] samples = new short[source.readInt() / Short.BYTES];
        byte[] bytes = new byte[pieceOf(samples) * Short.BYTES];
        ShortBuffer piece = samplesIn(bytes);
        for (int from = 0; from < samples.length; from += piece.capacity()) {
            int count = Math.min(piece.capacity(), samples.length - from);
            source.readFully(bytes, 0, count * Short.BYTES);
            piece.clear().get(samples, from, count);
        }
        return samples;
    }

    private static int pieceOf(short[] samples) {
        return Math.min(samples.length, MOST_SAMPLES_AT_ONCE);
    }

    private static ShortBuffer samplesIn(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    }
}
