package io.amanuensis.job.score;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/** What the model's float32 reference decoder reached on the same calls: {@code calls.json} beside the demonstration model. */
public final class LongFormReference {
    /** Figures of the file that speak of one channel; the third, "both mixed", is of another task. */
    private static final Set<String> CHANNELS = Set.of("agent", "customer");

    private final List<Figure> figures;

    private LongFormReference(List<Figure> figures) {
        this.figures = figures;
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Figure(
            @JsonProperty(required = true) String file,
            @JsonProperty(required = true) String channel,

            @JsonProperty(value = "wer_percent", required = true)
            double werPercent,

            @JsonProperty(required = true) int words) {}

    /** @throws IOException if the file cannot be read or lacks a field; the message names it */
    public static LongFormReference read(Path file) throws IOException {
        return new LongFormReference(List.of(new ObjectMapper().readValue(file.toFile(), Figure[].class)));
    }

    /** Word error rate over both channels of the recordings, percent; empty if none of them was measured. */
    public OptionalDouble werPercent(String... recordings) {
        Set<String> wanted = Set.copyOf(Arrays.asList(recordings));
        List<Figure> chosen = figures.stream()
                .filter(figure -> wanted.contains(figure.file) && CHANNELS.contains(figure.channel))
                .toList();
        int words = chosen.stream().mapToInt(Figure::words).sum();
        return words == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(chosen.stream()
                                .mapToDouble(figure -> figure.werPercent * figure.words)
                                .sum()
                        / words);
    }
}
