package io.amanuensis.schemas;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/** Kafka headers of every record that the job produces; values are UTF-8. Input needs none. */
public final class RecordHeaders {
    /** Full name of the record's schema: {@code io.amanuensis.schemas.Transcript}. */
    public static final String SCHEMA_NAME = "schema-name";

    /** CRC-64-AVRO of the writer's schema in 16 hex digits, in the order of the message's bytes: little-endian. */
    public static final String SCHEMA_FINGERPRINT = "schema-fingerprint";

    /** {@link #AVRO} or {@link #JSON}. */
    public static final String CONTENT_TYPE = "content-type";

    /** As {@link SingleObjectCodec} writes. */
    public static final String AVRO = "application/vnd.apache.avro+single-object";

    /** As {@link PlainJson} writes. */
    public static final String JSON = "application/json";

    private RecordHeaders() {}

    /** All headers of a record written with {@code schema}, by name. */
    public static Map<String, byte[]> of(Schema schema, String contentType) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put(SCHEMA_NAME, Digests.utf8(schema.getFullName()));
        headers.put(SCHEMA_FINGERPRINT, Digests.utf8(hex(SchemaNormalization.parsingFingerprint64(schema))));
        headers.put(CONTENT_TYPE, Digests.utf8(contentType));
        return headers;
    }

    static String hex(long fingerprint) {
        return HexFormat.of().toHexDigits(Long.reverseBytes(fingerprint));
    }
}
