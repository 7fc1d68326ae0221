package io.amanuensis.job.score;

import static io.amanuensis.job.Transcripts.word;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.amanuensis.job.DemoModel;
import io.amanuensis.job.Transcripts;
import io.amanuensis.job.score.ReferenceCall.SpokenWord;
import io.amanuensis.job.score.ReferenceCall.Turn;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.Transcript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CallScoreTest {
    /** The reference decoder's output with the word error rates that its own scorer, in Python, gave it. */
    static Stream<JsonNode> referenceChannels() throws IOException {
        return new ObjectMapper()
                .readTree(DemoModel.LONG_FORM.toFile())
                .valueStream()
                .filter(entry -> !entry.get("channel").asText().equals("both mixed"));
    }

    @ParameterizedTest
    @MethodSource("referenceChannels")
    void agreesWithTheReferenceScorer(JsonNode entry) throws IOException {
        int channel = entry.get("channel").asText().equals("agent") ? 0 : 1;
        ReferenceCall both = ReferenceCall.read(
                DemoModel.TEST_SET.resolve(entry.get("file").asText().replace(".wav", ".json")));
        ReferenceCall call = new ReferenceCall(
                both.file(),
                both.turns().stream().filter(turn -> turn.channel() == channel).toList());

        WordErrors errors =
                CallScore.of(call, transcripts(channel, entry.get("segments"))).errors();

        assertThat(errors.referenceWords()).isEqualTo(entry.get("words").asInt());
        assertThat(errors.percent()).isCloseTo(entry.get("wer_percent").asDouble(), within(0.005));
    }

    @Test
    void channelsAreScoredApartAndInTheOrderOfTime() {
        ReferenceCall call = new ReferenceCall(
                "two.wav",
                List.of(
                        new Turn(0, 0.0, "Good morning.", List.of()),
                        new Turn(1, 1.0, "Hello.", List.of()),
                        new Turn(0, 2.0, "It's fine", List.of())));

        CallScore score = CallScore.of(
                call,
                List.of(
                        Transcripts.of(0, ChannelRole.AGENT, 2000, 3000, "It's fine."),
                        Transcripts.of(1, ChannelRole.CUSTOMER, 1000, 1500, "Yellow!"),
                        Transcripts.of(0, ChannelRole.AGENT, 0, 900, "good MORNING")));

        assertThat(score.errors()).isEqualTo(new WordErrors(1, 0, 0, 5));
    }

    @Test
    void aChannelNobodySpeaksOnCountsItsInventedWords() {
        CallScore score = CallScore.of(
                new ReferenceCall("silent.wav", List.of()),
                List.of(Transcripts.of(1, ChannelRole.UNKNOWN, 0, 1000, "Thank you.")));

        assertThat(score.errors()).isEqualTo(new WordErrors(0, 2, 0, 0));
    }

    @Test
    void startErrorsAreOfRecognisedWordsOnly() {
        ReferenceCall call = new ReferenceCall(
                "one.wav",
                List.of(new Turn(
                        0,
                        0.5,
                        "One two three four",
                        List.of(
                                new SpokenWord("One", 0.5, 0.8),
                                new SpokenWord("two", 1.0, 1.2),
                                new SpokenWord("three", 1.5, 1.8),
                                new SpokenWord("four", 2.0, 2.2)))));

        CallScore score = CallScore.of(
                call,
                List.of(Transcripts.of(
                        0,
                        ChannelRole.AGENT,
                        0,
                        2500,
                        "One too three, four.",
                        word("One", 470, 800),
                        word("too", 5000, 5100),
                        word("three,", 1520, 1800),
                        word("four.", 2100, 2200))));

        assertThat(score.wordStartErrorsMs()).containsExactly(-30L, 20L, 100L);
        assertThat(score.medianWordStartErrorMs()).hasValue(30.0);
        assertThat(score.plus(score).medianWordStartErrorMs()).hasValue(30.0);
        assertThat(CallScore.NONE.medianWordStartErrorMs()).isEmpty();
    }

    @Test
    void longFormFiguresAreWeightedByWords(@TempDir Path folder) throws IOException {
        Path figures = folder.resolve("calls.json");
        Files.writeString(figures, """
                [{"file": "a.wav", "channel": "agent", "wer_percent": 12.61, "words": 119, "heard": "Hello."},
                 {"file": "a.wav", "channel": "customer", "wer_percent": 28.36, "words": 67},
                 {"file": "a.wav", "channel": "both mixed", "wer_percent": 90.0, "words": 186}]
                """);

        LongFormReference reference = LongFormReference.read(figures);

        assertThat(reference.werPercent("a.wav").orElseThrow())
                .isCloseTo((12.61 * 119 + 28.36 * 67) / 186, within(1e-9));
        assertThat(reference.werPercent("unknown.wav")).isEmpty();
        assertThat(LongFormReference.read(DemoModel.LONG_FORM).werPercent("call-1-late-order.wav"))
                .isPresent();
    }

    private static List<Transcript> transcripts(int channel, JsonNode segments) {
        List<Transcript> transcripts = new ArrayList<>();
        segments.forEach(segment -> transcripts.add(Transcripts.of(
                channel,
                ChannelRole.UNKNOWN,
                Math.round(1000 * segment.get("start").asDouble()),
                Math.round(1000 * segment.get("end").asDouble()),
                segment.get("text").asText())));
        return transcripts;
    }
}
