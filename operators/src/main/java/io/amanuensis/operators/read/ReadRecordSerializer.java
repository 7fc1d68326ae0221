package io.amanuensis.operators.read;

import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.schemas.AudioSegment;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.UnreadableRecordException;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Records before {@code sequence} as bytes of state: a version, and the record as on its topic, so that what any build wrote
 * stays readable. What became of a reference is not kept; it is read again.
 */
public final class ReadRecordSerializer extends TypeSerializerSingleton<ReadRecord> {
    private static final long serialVersionUID = 1;
    public static final ReadRecordSerializer INSTANCE = new ReadRecordSerializer();
    private static final int VERSION = 1;

    private ReadRecordSerializer() {}

    /** The schemas of all releases are read for them once, where they are needed. */
    private static final class Codecs {
        static final SingleObjectCodec<AudioSegment> SEGMENTS = new SingleObjectCodec<>(AudioSegment.class);
        static final SingleObjectCodec<DeadLetter> DEAD_LETTERS = new SingleObjectCodec<>(DeadLetter.class);
    }

    @Override
    public void serialize(ReadRecord record, DataOutputView target) throws IOException {
        target.writeByte(VERSION);
        target.writeBoolean(record.segment != null);
        if (record.segment == null) {
            writeBytes(Codecs.DEAD_LETTERS.encode(record.rejected), target);
            return;
        }
        Segment segment = record.segment;
        writeBytes(Codecs.SEGMENTS.encode(SegmentMapper.toRecord(segment)), target);
        target.writeUTF(segment.origin.topic);
        target.writeInt(segment.origin.partition);
        target.writeLong(segment.origin.firstOffset);
        target.writeLong(segment.origin.lastOffset);
        target.writeLong(segment.recordTimestampMs);
    }

    @Override
    public ReadRecord deserialize(DataInputView source) throws IOException {
        int version = source.readByte();
        if (version != VERSION) {
            throw new IOException(
                    "a record in state of version %d, this build reads up to %d. Restore with the build that wrote it or newer."
                            .formatted(version, VERSION));
        }
        try {
            if (!source.readBoolean()) {
                return ReadRecord.rejected(Codecs.DEAD_LETTERS.decode(readBytes(source)));
            }
            AudioSegment segment = Codecs.SEGMENTS.decode(readBytes(source));
            OffsetRange origin =
                    new OffsetRange(source.readUTF(), source.readInt(), source.readLong(), source.readLong());
            return ReadRecord.of(SegmentMapper.toSegment(segment, origin, source.readLong()));
        } catch (UnreadableRecordException e) {
            throw new IOException("a record in state cannot be read", e);
        }
    }

    private static void writeBytes(byte[] bytes, DataOutputView target) throws IOException {
        target.writeInt(bytes.length);
        target.write(bytes);
    }

    private static byte[] readBytes(DataInputView source) throws IOException {
        byte[] bytes = new byte[source.readInt()];
        source.readFully(bytes);
        return bytes;
    }

    @Override
    public ReadRecord deserialize(ReadRecord reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public ReadRecord createInstance() {
        return null;
    }

    @Override
    public ReadRecord copy(ReadRecord from) {
        return from;
    }

    @Override
    public ReadRecord copy(ReadRecord from, ReadRecord reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public Snapshot snapshotConfiguration() {
        return new Snapshot();
    }

    /** Stands for the serializer in savepoints. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<ReadRecord> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
