package io.amanuensis.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainJsonTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    static List<SpecificRecordBase> samples() {
        return Samples.all();
    }

    /** The golden files do not come from this code. Compared as text, so that the order of the fields counts. */
    @ParameterizedTest
    @MethodSource("samples")
    void writesTheGoldenFile(SpecificRecordBase sample) throws IOException {
        JsonNode golden = JSON.readTree(Samples.resource(sample, Samples.newestVersion(sample), "json"));
        assertThat(new String(PlainJson.write(sample), StandardCharsets.UTF_8)).isEqualTo(golden.toString());
    }

    @Test
    void hasEveryFieldInTheOrderOfTheSchema() throws IOException {
        DeadLetter window = DeadLetter.newBuilder(Samples.deadLetter())
                .setKey(null)
                .setPayload(null)
                .build();
        JsonNode json = JSON.readTree(PlainJson.write(window));
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactlyElementsOf(DeadLetter.getClassSchema().getFields().stream()
                        .map(Schema.Field::name)
                        .toList());
        assertThat(json.path("payload").isNull()).isTrue();
        assertThat(json.path("tenant").isNull()).isTrue();
    }

    @Test
    void escapesWhatJsonReserves() throws IOException {
        String text = "\"quoted\" \\ \n \u0000 ß 😀 </script>";
        byte[] json = PlainJson.write(
                Transcript.newBuilder(Samples.transcript()).setText(text).build());
        assertThat(json).doesNotContain('\n');
        assertThat(JSON.readTree(json).path("text").asText()).isEqualTo(text);
    }

    @Test
    void writesTheBytesOfABufferFromItsPositionAndLeavesItThere() throws IOException {
        DeadLetter letter = Samples.deadLetter();
        ByteBuffer payload = ByteBuffer.wrap(new byte[] {9, 1, 2, 3, 9}, 1, 3);
        letter.setPayload(payload);
        assertThat(JSON.readTree(PlainJson.write(letter)).path("payload").binaryValue())
                .containsExactly(1, 2, 3);
        assertThat(payload.position()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.0, 1e-300, Double.MIN_VALUE, Double.MAX_VALUE, 0.1, -1e21})
    void keepsEveryFiniteNumber(double value) throws IOException {
        Transcript transcript = Transcript.newBuilder(Samples.transcript())
                .setAverageLogProbability(value)
                .build();
        assertThat(JSON.readTree(PlainJson.write(transcript))
                        .path("averageLogProbability")
                        .asDouble())
                .isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void refusesOtherNumbersAndNamesThem(double value) {
        Transcript transcript = Transcript.newBuilder(Samples.transcript()).build();
        transcript.getWords().get(2).setProbability(value);
        assertThatThrownBy(() -> PlainJson.write(transcript))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("/words/2/probability is %s, which JSON cannot express", value);
    }
}
