package io.amanuensis.job.score;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What was really said in a recording, with the times of the words: a {@code call-*.json} of the demonstration model's test set.
 *
 * @param file name of the recording
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReferenceCall(
        @JsonProperty(required = true) String file,
        @JsonProperty(required = true) List<Turn> turns) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What one speaker says before the other does. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Turn(
            @JsonProperty(required = true) int channel,
            @JsonProperty(required = true) double start,
            @JsonProperty(required = true) String text,
            @JsonProperty(required = true) List<SpokenWord> words) {}

    /** @param start seconds from the beginning of the recording, as {@code end} */
    public record SpokenWord(
            @JsonProperty(required = true) String word,
            @JsonProperty(required = true) double start,
            @JsonProperty(required = true) double end) {}

    /** @throws IOException if the file cannot be read or lacks a field; the message names it */
    public static ReferenceCall read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), ReferenceCall.class);
    }

    /** All that the channel said, in the order of time. */
    public String text(int channel) {
        return turnsOf(channel).stream().map(Turn::text).collect(Collectors.joining(" "));
    }

    List<SpokenWord> words(int channel) {
        return turnsOf(channel).stream().flatMap(turn -> turn.words().stream()).toList();
    }

    private List<Turn> turnsOf(int channel) {
        return turns.stream()
                .filter(turn -> turn.channel() == channel)
                .sorted(Comparator.comparingDouble(Turn::start))
                .toList();
    }
}
