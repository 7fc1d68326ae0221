package io.amanuensis.schemas;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/**
 * Records as the JSON that people expect: an object with the schema's fields in the schema's order, enums by name, bytes in
 * base64, timestamps as epoch milliseconds, and a null wherever a value is null. Avro's own JSON encoding wraps every value
 * of a union in an object that names its type, and writes bytes as Latin-1 text.
 *
 * <p>One way only: Avro is the encoding to read back. Thread-safe.
 */
public final class PlainJson {
    private static final JsonFactory JSON = new JsonFactory();

    private PlainJson() {}

    /**
     * The record in one line of UTF-8.
     *
     * @throws IllegalArgumentException with the JSON pointer of a number that JSON cannot express (NaN, infinite)
     */
    public static byte[] write(IndexedRecord record) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            writeRecord(record, json);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + record.getSchema().getName() + " as JSON", e);
        }
        return bytes.toByteArray();
    }

    private static void writeRecord(IndexedRecord record, JsonGenerator json) throws IOException {
        json.writeStartObject();
        for (Schema.Field field : record.getSchema().getFields()) {
            json.writeFieldName(field.name());
            writeValue(field.schema(), record.get(field.pos()), json);
        }
        json.writeEndObject();
    }

    private static void writeValue(Schema schema, Object value, JsonGenerator json) throws IOException {
        switch (schema.getType()) {
            case RECORD -> writeRecord((IndexedRecord) value, json);
            case UNION -> writeNullable(schema, value, json);
            case ARRAY -> writeArray(schema.getElementType(), (Collection<?>) value, json);
            case BYTES -> json.writeBinary(bytesOf((ByteBuffer) value));
            case INT -> json.writeNumber((Integer) value);
            case LONG -> json.writeNumber(value instanceof Instant instant ? instant.toEpochMilli() : (Long) value);
            case DOUBLE -> writeFinite((Double) value, json);
            case BOOLEAN -> json.writeBoolean((Boolean) value);
            case STRING, ENUM -> json.writeString(value.toString());
            default -> throw new IllegalArgumentException("no plain JSON is defined for Avro's " + schema.getType());
        }
    }

    /** The schemas have unions of null and one other type only. */
    private static void writeNullable(Schema union, Object value, JsonGenerator json) throws IOException {
        if (value == null) {
            json.writeNull();
            return;
        }
        Schema first = union.getTypes().get(0);
        writeValue(first.getType() == Schema.Type.NULL ? union.getTypes().get(1) : first, value, json);
    }

    private static void writeArray(Schema items, Collection<?> values, JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (Object value : values) {
            writeValue(items, value, json);
        }
        json.writeEndArray();
    }

    private static byte[] bytesOf(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static void writeFinite(double value, JsonGenerator json) throws IOException {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("%s is %s, which JSON cannot express"
                    .formatted(json.getOutputContext().pathAsPointer(), value));
        }
        json.writeNumber(value);
    }
}
