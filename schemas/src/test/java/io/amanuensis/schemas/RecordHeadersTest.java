package io.amanuensis.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordHeadersTest {
    @Test
    void nameTheSchemaAndTheEncoding() {
        Map<String, byte[]> headers = RecordHeaders.of(Transcript.getClassSchema(), RecordHeaders.AVRO);
        assertThat(headers.keySet()).containsExactly("schema-name", "schema-fingerprint", "content-type");
        assertThat(text(headers.get("schema-name"))).isEqualTo("io.amanuensis.schemas.Transcript");
        assertThat(text(headers.get("content-type"))).isEqualTo("application/vnd.apache.avro+single-object");
        byte[] message = Samples.codec(Samples.transcript()).encode(Samples.transcript());
        assertThat(text(headers.get("schema-fingerprint")))
                .isEqualTo(HexFormat.of().formatHex(message, 2, 10));
    }

    private static String text(byte[] value) {
        return new String(value, StandardCharsets.UTF_8);
    }
}
