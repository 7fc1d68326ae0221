package io.amanuensis.schemas;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.DatumReader;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.SchemaStore;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Records of one type in Avro's single-object encoding: the bytes C3 01, the CRC-64-AVRO fingerprint of the writer's schema
 * (8 bytes, little-endian) and the record in binary. Written in the newest schema, read from any schema that the store knows
 * into the newest. Thread-safe.
 *
 * @param <T> a class generated from {@code src/main/avro}
 */
public final class SingleObjectCodec<T extends SpecificRecordBase> {
    private static final int HEADER_BYTES = 10;
    private static final short MAGIC = (short) 0xC301;

    private final Schema schema;
    private final SpecificData model;
    private final SchemaStore writers;
    private final BinaryMessageEncoder<T> encoder;
    private final Map<Long, DatumReader<T>> readers = new ConcurrentHashMap<>();

    /** Reads every released version of the record. */
    public SingleObjectCodec(Class<T> type) {
        this(type, new ReleasedSchemas());
    }

    /**
     * @param writers finds the schemas that others write with: {@link ReleasedSchemas}, or a client of a registry. Must be
     *     thread-safe. What it throws leaves {@link #decode} as it is, so that a registry that is down is not mistaken
     *     for a bad record.
     */
    public SingleObjectCodec(Class<T> type, SchemaStore writers) {
        this.model = SpecificData.getForClass(type);
        this.schema = model.getSchema(type);
        this.writers = writers;
        this.encoder = new BinaryMessageEncoder<>(model, schema);
        readers.put(SchemaNormalization.parsingFingerprint64(schema), new SpecificDatumReader<>(schema, schema, model));
    }

    /** The newest schema: what {@link #encode} writes and {@link #decode} returns. */
    public Schema schema() {
        return schema;
    }

    public byte[] encode(T record) {
        try {
            return encoder.encode(record).array();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
    }

    /**
     * Reads one record that takes up all of {@code message}. Uses memory in proportion to {@code message}, whatever lengths
     * it claims.
     *
     * @throws UnreadableRecordException whatever the bytes are, if they are not such a record
     */
    public T decode(byte[] message) throws UnreadableRecordException {
        if (message.length < HEADER_BYTES) {
            throw unreadable(
                    "has %d bytes, fewer than the %d of the header".formatted(message.length, HEADER_BYTES), null);
        }
        ByteBuffer header = ByteBuffer.wrap(message);
        short magic = header.getShort();
        if (magic != MAGIC) {
            throw unreadable(
                    "begins with %04X, not with C301, the mark of single-object encoding".formatted(magic & 0xFFFF),
                    null);
        }
        DatumReader<T> reader = reader(header.order(ByteOrder.LITTLE_ENDIAN).getLong());
        BoundedDecoder decoder = new BoundedDecoder(message, HEADER_BYTES, message.length - HEADER_BYTES);
        int unreadBytes;
        T record;
        try {
            record = reader.read(null, decoder);
            unreadBytes = decoder.remainingBytes();
        } catch (EOFException e) {
            throw unreadable("ends before the record does, or holds a wrong length", e);
        } catch (IOException | RuntimeException e) {
            // Avro answers bad input with exceptions of many types: an unknown branch or symbol is an
            // IndexOutOfBoundsException.
            throw unreadable(e.toString(), e);
        }
        if (unreadBytes > 0) {
            throw unreadable("%d bytes follow the record".formatted(unreadBytes), null);
        }
        return record;
    }

    private DatumReader<T> reader(long writerFingerprint) throws UnreadableRecordException {
        DatumReader<T> known = readers.get(writerFingerprint);
        if (known != null) {
            return known;
        }
        Schema writer = writers.findByFingerprint(writerFingerprint);
        if (writer == null) {
            throw unreadable(
                    "schema fingerprint %s is unknown; write with a released schema, or upgrade this reader first"
                            .formatted(RecordHeaders.hex(writerFingerprint)),
                    null);
        }
        if (!writer.getFullName().equals(schema.getFullName())) {
            throw unreadable("is a " + writer.getFullName(), null);
        }
        DatumReader<T> reader = new SpecificDatumReader<>(writer, schema, model);
        readers.put(writerFingerprint, reader);
        return reader;
    }

    private UnreadableRecordException unreadable(String why, Throwable cause) {
        return new UnreadableRecordException("Not a readable " + schema.getName() + ": " + why, cause);
    }
}
