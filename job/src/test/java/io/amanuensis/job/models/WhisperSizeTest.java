package io.amanuensis.job.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.amanuensis.job.DemoModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WhisperSizeTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** As published: parameters, and the length of the vocabulary. */
    @ParameterizedTest
    @CsvSource({
        "TINY, tiny, 37760640, 51865",
        "BASE, base, 72593920, 51865",
        "SMALL, small, 241734912, 51865",
        "MEDIUM, medium, 763857920, 51865",
        "LARGE_V3, large-v3, 1543490560, 51866",
    })
    void sizesAreThePublishedOnes(WhisperSize size, String name, long parameters, int vocabulary) {
        assertThat(size).hasToString(name);
        assertThat(RandomModel.parameters(size.shape())).isEqualTo(parameters);
        assertThat(size.shape().vocabularySize()).isEqualTo(vocabulary);
    }

    /** The demonstration model was trained and exported by other programs. */
    @Test
    void tensorsAndTokensAreThoseOfATrainedModel() throws IOException {
        WhisperShape demo = WhisperSize.DEMO.shape();

        Map<String, String> trained = new HashMap<>();
        SafetensorsHeader.read(DemoModel.MODEL.resolve("model.safetensors"))
                .forEach((name, tensor) -> trained.put(name, tensor.get("shape").toString()));
        assertThat(WhisperTensor.of(demo).stream()
                        .collect(Collectors.toMap(
                                WhisperTensor::name,
                                tensor -> tensor.shape().toString().replace(" ", ""))))
                .isEqualTo(trained);

        assertThat((JsonNode) JSON.valueToTree(demo.specialTokens().added()))
                .isEqualTo(json(DemoModel.MODEL.resolve("added_tokens.json")));
        JsonNode config = json(DemoModel.MODEL.resolve("config.json"));
        assertThat(demo.vocabularySize()).isEqualTo(config.get("vocab_size").asInt());
    }

    private static JsonNode json(Path file) throws IOException {
        return JSON.readTree(file.toFile());
    }
}
