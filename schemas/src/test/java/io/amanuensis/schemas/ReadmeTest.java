package io.amanuensis.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the README says is so. */
class ReadmeTest {
    private static String readme;

    @BeforeAll
    static void read() throws IOException {
        readme = Files.readString(Path.of("README.md"));
    }

    @Test
    void theExampleIsTheGoldenTranscript() throws IOException {
        byte[] golden = Samples.resource(Samples.transcript(), Samples.newestVersion(Samples.transcript()), "json");
        assertThat(matches("```json\n(.*?)```")).containsExactly(new String(golden, StandardCharsets.UTF_8));
    }

    @Test
    void theTopicsAreTheDefaults() {
        assertThat(matches("\\| `(amanuensis\\.[^`]*)` \\| `\\w+`"))
                .containsExactly(
                        Topics.AUDIO_SEGMENTS,
                        Topics.TRANSCRIPTS,
                        Topics.PARTIALS,
                        Topics.CALLS,
                        Topics.SUPPRESSED,
                        Topics.RETRY,
                        Topics.REPLAYED,
                        Topics.DEAD_LETTERS);
    }

    @Test
    void theHeadersAreThoseWritten() {
        assertThat(matches("\\| `([a-z-]+)` \\| (?:`io|CRC|`application)"))
                .containsExactly(
                        RecordHeaders.SCHEMA_NAME, RecordHeaders.SCHEMA_FINGERPRINT, RecordHeaders.CONTENT_TYPE);
        assertThat(readme).contains("`" + RecordHeaders.AVRO + "` or `" + RecordHeaders.JSON + "`");
    }

    @Test
    void thePathsExist() {
        List<String> paths = matches("\\| `(src/[^`]*)` \\|");
        assertThat(paths).hasSizeGreaterThan(5).allSatisfy(path -> assertThat(Path.of(path))
                .isDirectory());
    }

    private static List<String> matches(String regex) {
        return Pattern.compile(regex, Pattern.DOTALL)
                .matcher(readme)
                .results()
                .map(result -> result.group(1))
                .toList();
    }
}
