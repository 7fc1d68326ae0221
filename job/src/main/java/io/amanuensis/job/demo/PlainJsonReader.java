package io.amanuensis.job.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;

/** Records from the JSON that {@link io.amanuensis.schemas.PlainJson} writes, for looking at them; programs are given Avro. */
public final class PlainJsonReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    private PlainJsonReader() {}

    /** @throws IOException if the bytes are not JSON, or a field is missing or of another type; the message names it */
    public static <T extends SpecificRecordBase> T read(byte[] json, Class<T> type) throws IOException {
        return type.cast(value(SpecificData.get().getSchema(type), JSON.readTree(json), type.getSimpleName()));
    }

    private static Object value(Schema schema, JsonNode json, String path) throws IOException {
        if (json == null) {
            throw new IOException(path + " is missing");
        }
        return switch (schema.getType()) {
            case RECORD -> record(schema, json, path);
            case UNION -> json.isNull() ? null : value(nonNull(schema), json, path);
            case ARRAY -> array(schema.getElementType(), json, path);
            case ENUM ->
                SpecificData.get()
                        .createEnum(require(json.isTextual(), json, path).textValue(), schema);
            case STRING -> require(json.isTextual(), json, path).textValue();
            case BYTES -> ByteBuffer.wrap(require(json.isTextual(), json, path).binaryValue());
            case BOOLEAN -> require(json.isBoolean(), json, path).booleanValue();
            case INT -> require(json.canConvertToInt(), json, path).intValue();
            case LONG ->
                number(schema, require(json.canConvertToLong(), json, path).longValue());
            case DOUBLE -> require(json.isNumber(), json, path).doubleValue();
            default ->
                throw new IOException(
                        path + " is of Avro's type " + schema.getType() + ", which plain JSON has no form for");
        };
    }

    private static IndexedRecord record(Schema schema, JsonNode json, String path) throws IOException {
        IndexedRecord record = (IndexedRecord) SpecificData.get().newRecord(null, schema);
        for (Schema.Field field : schema.getFields()) {
            record.put(field.pos(), value(field.schema(), json.get(field.name()), path + "." + field.name()));
        }
        return record;
    }

    private static List<Object> array(Schema items, JsonNode json, String path) throws IOException {
        List<Object> values = new ArrayList<>();
        for (JsonNode item : require(json.isArray(), json, path)) {
            values.add(value(items, item, path + "[" + values.size() + "]"));
        }
        return values;
    }

    private static Object number(Schema schema, long value) {
        return schema.getLogicalType() instanceof LogicalTypes.TimestampMillis
                ? Instant.ofEpochMilli(value)
                : (Object) value;
    }

    private static Schema nonNull(Schema union) {
        return union.getTypes().get(union.getTypes().get(0).getType() == Schema.Type.NULL ? 1 : 0);
    }

    private static JsonNode require(boolean asExpected, JsonNode json, String path) throws IOException {
        if (!asExpected) {
            throw new IOException(path + " is " + json.getNodeType());
        }
        return json;
    }
}
