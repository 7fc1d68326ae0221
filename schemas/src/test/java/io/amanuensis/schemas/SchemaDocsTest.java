package io.amanuensis.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** House rules of the {@code .avsc} files. */
class SchemaDocsTest {
    static List<Path> files() throws IOException {
        try (Stream<Path> tree = Files.walk(Path.of("src/main/avro"))) {
            List<Path> files =
                    tree.filter(path -> path.toString().endsWith(".avsc")).toList();
            assertThat(files).isNotEmpty();
            return files;
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void holdsOneTypeNamedLikeTheFile(Path file) throws IOException {
        JsonNode type = read(file);
        assertThat(type.path("name").asText() + ".avsc")
                .isEqualTo(file.getFileName().toString());
        assertThat(type.path("namespace").asText()).isEqualTo("io.amanuensis.schemas");
    }

    @ParameterizedTest
    @MethodSource("files")
    void explainsTheTypeAndEveryField(Path file) throws IOException {
        JsonNode type = read(file);
        assertThat(type.path("doc").asText()).endsWith(".");
        for (JsonNode field : type.path("fields")) {
            assertThat(field.path("doc").asText())
                    .as(field.path("name").asText())
                    .endsWith(".");
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void saysWhatNullMeans(Path file) throws IOException {
        for (JsonNode field : read(file).path("fields")) {
            if (field.path("type").isArray()) {
                assertThat(field.path("doc").asText())
                        .as(field.path("name").asText())
                        .containsIgnoringCase("null");
            }
        }
    }

    /** {@link PlainJson} and the reading of old versions rest on this. */
    @ParameterizedTest
    @MethodSource("files")
    void unionsAreNullableAndNullByDefault(Path file) throws IOException {
        for (JsonNode field : read(file).path("fields")) {
            if (field.path("type").isArray()) {
                assertThat(field.path("type")).as(field.path("name").asText()).hasSize(2);
                assertThat(field.path("type").get(0).asText()).isEqualTo("null");
                assertThat(field.path("default").isNull())
                        .as(field.path("name").asText())
                        .isTrue();
            }
        }
    }

    /** A reader that is older than the writer sees UNKNOWN for a symbol it does not know. */
    @ParameterizedTest
    @MethodSource("files")
    void enumsBeginWithTheirDefault(Path file) throws IOException {
        JsonNode type = read(file);
        if (type.path("type").asText().equals("enum")) {
            assertThat(type.path("symbols").get(0).asText()).isEqualTo("UNKNOWN");
            assertThat(type.path("default").asText()).isEqualTo("UNKNOWN");
        }
    }

    private static JsonNode read(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }
}
