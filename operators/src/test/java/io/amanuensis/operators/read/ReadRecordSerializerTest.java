package io.amanuensis.operators.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.Reference;
import io.amanuensis.schemas.DeadLetterCause;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** Records in flight are in checkpoints: bytes that any build wrote stay readable. */
class ReadRecordSerializerTest {
    private static ReadRecord refers() {
        return ReadRecord.of(Segments.segment(segment -> {
            segment.payload = new byte[0];
            segment.reference = new Reference("s3://calls/1.flac", 7, "00ff".repeat(16));
        }));
    }

    private static byte[] bytes(ReadRecord record) throws IOException {
        DataOutputSerializer target = new DataOutputSerializer(64);
        ReadRecordSerializer.INSTANCE.serialize(record, target);
        return target.getCopyOfBuffer();
    }

    private static ReadRecord read(byte[] bytes) throws IOException {
        DataInputDeserializer source = new DataInputDeserializer(bytes);
        ReadRecord record = ReadRecordSerializer.INSTANCE.deserialize(source);
        assertThat(source.available()).isZero();
        return record;
    }

    @Test
    void everyKindOfRecordComesBack() throws IOException {
        ReadRecord plain = ReadRecord.of(Segments.segment());
        ReadRecord rejected = ReadRecord.rejected(DeadLetters.ofRecord(
                "read", DeadLetterCause.TOMBSTONE, "no value", new OffsetRange("t", 1, 2, 2), 7, null, null));
        assertThat(read(bytes(plain))).usingRecursiveComparison().isEqualTo(plain);
        assertThat(read(bytes(refers()))).usingRecursiveComparison().isEqualTo(refers());
        assertThat(read(bytes(rejected)).rejected).isEqualTo(rejected.rejected);
        assertThat(read(bytes(rejected)).segment).isNull();
    }

    /** The record in it is of the newest schema of its build. */
    @Test
    void version1IsReadAndWritten() throws IOException {
        assertThat(read(frozen("ReadRecord.v1.hex"))).usingRecursiveComparison().isEqualTo(refers());
        byte[] newest = frozen("ReadRecord.v1.AudioSegment.v4.hex");
        assertThat(read(newest)).usingRecursiveComparison().isEqualTo(refers());
        assertThat(bytes(refers()))
                .as(HexFormat.of().formatHex(bytes(refers())))
                .isEqualTo(newest);
    }

    private static byte[] frozen(String name) throws IOException {
        try (InputStream file = ReadRecordSerializerTest.class.getResourceAsStream(name)) {
            return HexFormat.of()
                    .parseHex(new String(file.readAllBytes(), StandardCharsets.UTF_8).replaceAll("\\s", ""));
        }
    }

    @Test
    void saysWhichVersionItCannotRead() throws IOException {
        byte[] newer = bytes(refers());
        newer[0] = 2;
        assertThatThrownBy(() -> read(newer)).hasMessageContaining("version 2, this build reads up to 1");
    }
}
