package io.amanuensis.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.Description;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;
import org.junit.jupiter.api.Test;

/** The table of options in the README is what the code declares. */
class OptionsTableTest {
    private static final String BEGIN = "<!-- options: begin -->\n";
    private static final String END = "<!-- options: end -->";

    @Test
    void readmeListsEveryOption() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        String table = readme.substring(readme.indexOf(BEGIN) + BEGIN.length(), readme.indexOf(END));
        assertThat(table)
                .as("replace the table in job/README.md by the expected text")
                .isEqualTo(expectedTable());
    }

    private static String expectedTable() {
        return Arrays.stream(JobOptions.class.getFields())
                .filter(field -> field.getType() == ConfigOption.class)
                .map(OptionsTableTest::option)
                .map(OptionsTableTest::row)
                .collect(Collectors.joining("", "| option | default | meaning |\n|---|---|---|\n", ""));
    }

    private static ConfigOption<?> option(Field field) {
        try {
            return (ConfigOption<?>) field.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static String row(ConfigOption<?> option) {
        return "| `%s` | %s | %s |\n".formatted(option.key(), defaultOf(option), text(option.description()));
    }

    private static String defaultOf(ConfigOption<?> option) {
        Object value = option.defaultValue();
        if (value == null) {
            return "none";
        }
        if (value instanceof Duration duration) {
            return "`" + TimeUtils.formatWithHighestUnit(duration) + "`";
        }
        return "`" + (value instanceof Enum<?> ? value.toString().toLowerCase(Locale.ROOT) : value) + "`";
    }

    private static String text(Description description) {
        return new HtmlFormatter().format(description);
    }
}
