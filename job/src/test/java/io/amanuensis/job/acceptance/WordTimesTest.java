package io.amanuensis.job.acceptance;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Utterances behind ten seconds of silence, each a call of its own, through the job: their words have the times of the call. */
class WordTimesTest {
    private static final int SILENCE_MS = 10_000;
    private static final int SEGMENT_MS = 250;
    /** Of a word time. */
    private static final long ERROR_MS = 200;

    private static final Set<String> DIGITS =
            Set.of("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, JsonNode> ROWS = new HashMap<>();
    private static Map<String, List<Transcript>> transcripts;

    @BeforeAll
    static void transcribe() throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            for (String line : Files.readAllLines(KafkaFixture.TEST_SET.resolve("manifest.jsonl"))) {
                JsonNode row = JSON.readTree(line);
                String file = row.get("file").asText();
                Path path = KafkaFixture.TEST_SET.resolve(file);
                if (Files.exists(path)
                        && !row.get("text").asText().isEmpty()
                        && !row.get("condition").asText().equals("noisy")) {
                    ROWS.put(file, row);
                    short[] spoken = TestSound.read(path)[0];
                    short[] sound = new short[SILENCE_MS * TestSound.MS + spoken.length];
                    System.arraycopy(spoken, 0, sound, SILENCE_MS * TestSound.MS, spoken.length);
                    Call call = new Call("acme", file, 0, List.of(), "en");
                    CallSegments.of(TestSound.source(new short[][] {sound}), call, Carriage.PCM, SEGMENT_MS)
                            .forEachRemaining(segment -> kafka.send(segment, segment.getStartMs()));
                }
            }
            kafka.flush();
            kafka.run(Map.of("partials.enabled", "false"));
            assertThat(kafka.deadLetters()).isEmpty();
            transcripts = kafka.transcripts().stream()
                    .sorted(Comparator.comparingLong(Transcript::getStartMs))
                    .collect(groupingBy(Transcript::getCallId));
        }
    }

    @Test
    void theFirstWordBehindTenSecondsOfSilenceIsNotEarly() {
        assertThat(transcripts).hasSameSizeAs(ROWS);
        long[] errorsMs = new long[ROWS.size()];
        int at = 0;
        for (Map.Entry<String, List<Transcript>> call : transcripts.entrySet()) {
            long trueStartMs = SILENCE_MS
                    + Math.round(1000
                            * ROWS.get(call.getKey())
                                    .get("words")
                                    .get(0)
                                    .get("start")
                                    .asDouble());
            Word first = call.getValue().get(0).getWords().get(0);
            assertThat(first.getStartMs())
                    .as("%s: %s", call.getKey(), first)
                    .isBetween(trueStartMs - ERROR_MS, trueStartMs + 2 * ERROR_MS);
            errorsMs[at++] = first.getStartMs() - trueStartMs;
        }
        Arrays.sort(errorsMs);
        System.out.printf(
                "first word behind %d s of silence, %d calls: %d ms off (median), %d to %d ms%n",
                SILENCE_MS / 1000, at, errorsMs[at / 2], errorsMs[0], errorsMs[at - 1]);
    }

    @Test
    void everyWordHasATimeAndDigitsDo() {
        List<Word> digits = new ArrayList<>();
        for (List<Transcript> call : transcripts.values()) {
            for (Transcript transcript : call) {
                assertThat(transcript.getWords().stream().map(Word::getText).map(String::strip))
                        .containsExactly(transcript.getText().split("\\s+"));
                long endMs = transcript.getStartMs();
                for (Word word : transcript.getWords()) {
                    assertThat(word.getStartMs()).as(transcript.getText()).isGreaterThanOrEqualTo(endMs);
                    assertThat(word.getEndMs())
                            .as("%s in %s", word, transcript.getText())
                            .isBetween(word.getStartMs() + 1, transcript.getEndMs());
                    endMs = word.getEndMs();
                    if (DIGITS.contains(word.getText().strip().toLowerCase().replaceAll("\\W", ""))) {
                        digits.add(word);
                    }
                }
            }
        }
        assertThat(digits).hasSizeGreaterThan(50);
    }
}
