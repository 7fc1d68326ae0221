package io.amanuensis.job.acceptance;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.amanuensis.job.JobConfig;
import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.job.score.EditAlignment;
import io.amanuensis.job.score.Normalizer;
import io.amanuensis.job.score.ReferenceCall;
import io.amanuensis.job.score.WordErrors;
import io.amanuensis.schemas.Transcript;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

/**
 * Ten minutes of two parties in segments of 250 ms through the job, against the same model given each utterance alone, outside the
 * job: no word is lost or doubled where sound was cut.
 */
class StreamedCallTest {
    private static final int SEGMENT_MS = 250;
    private static final int LENGTH_MS = 600_000;

    private static final double TOLERANCE_POINTS = 0.5;
    /** Around an utterance that is cut by the truth. */
    private static final int MARGIN_MS = 300;

    private static final int LONGEST_REPEATED_WORDS = 3;
    private static final Map<String, String> OPTIONS = Map.of("partials.enabled", "false");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What is said on a channel, from where to where, ms. */
    private record Utterance(int channel, long startMs, long endMs, String text) {}

    private record Spoken(short[][] sound, List<Utterance> utterances) {
        List<String> words(int channel) {
            return Normalizer.words(utterances.stream()
                    .filter(each -> each.channel == channel)
                    .map(Utterance::text)
                    .collect(joining(" ")));
        }

        WordErrors errors(List<List<String>> heard) {
            WordErrors errors = WordErrors.NONE;
            for (int channel = 0; channel < sound.length; channel++) {
                errors = errors.plus(
                        EditAlignment.of(words(channel), heard.get(channel)).errors());
            }
            return errors;
        }

        short[] part(int channel, long fromMs, long toMs) {
            return Arrays.copyOfRange(sound[channel], (int) fromMs * TestSound.MS, (int) toMs * TestSound.MS);
        }
    }

    @Test
    void twoPartiesInTurn() throws Exception {
        Spoken call = conversation();
        List<List<Transcript>> finals = stream(call);
        List<List<String>> windows = new ArrayList<>();
        List<List<String>> utterances = new ArrayList<>();
        int seams = 0;
        try (OneByOne model = new OneByOne(JobConfig.from(configuration()))) {
            for (int channel = 0; channel < finals.size(); channel++) {
                StringBuilder alone = new StringBuilder();
                Transcript before = null;
                for (Transcript each : finals.get(channel)) {
                    alone.append(' ').append(model.text(call.part(channel, each.getStartMs(), each.getEndMs())));
                    seams += before != null && each.getStartMs() == before.getEndMs() ? 1 : 0;
                    before = each;
                }
                windows.add(Normalizer.words(alone.toString()));
                utterances.add(heardAlone(model, call, channel, MARGIN_MS));
            }
        }
        double streamed = call.errors(words(finals)).percent();
        double windowsAlone = call.errors(windows).percent();
        double utterancesAlone = call.errors(utterances).percent();
        System.out.printf(
                "two parties, %d s, %d words: streamed %.2f %%, its %d windows alone %.2f %%, its utterances by the truth alone %.2f %%; %d seams%n",
                LENGTH_MS / 1000,
                call.words(0).size() + call.words(1).size(),
                streamed,
                finals.get(0).size() + finals.get(1).size(),
                windowsAlone,
                utterancesAlone,
                seams);
        assertThat(streamed).isCloseTo(windowsAlone, within(TOLERANCE_POINTS));
        assertThat(streamed).isLessThanOrEqualTo(utterancesAlone + TOLERANCE_POINTS);
        assertNoWordIsDoubled(call, finals);
    }

    private static List<String> heardAlone(OneByOne model, Spoken call, int channel, int marginMs) {
        StringBuilder heard = new StringBuilder();
        for (Utterance each : call.utterances) {
            if (each.channel == channel) {
                long windowMs = model.windowSamples() / TestSound.MS;
                long startMs = Math.max(0, each.startMs - marginMs);
                heard.append(' ')
                        .append(model.text(
                                call.part(channel, startMs, Math.min(each.endMs + marginMs, startMs + windowMs))));
            }
        }
        return Normalizer.words(heard.toString());
    }

    /** The end of a final is not the beginning of the next, unless it was said twice. */
    private static void assertNoWordIsDoubled(Spoken call, List<List<Transcript>> finals) {
        for (int channel = 0; channel < finals.size(); channel++) {
            String said = " " + String.join(" ", call.words(channel)) + " ";
            List<Transcript> ofChannel = finals.get(channel);
            for (int i = 1; i < ofChannel.size(); i++) {
                List<String> before = Normalizer.words(ofChannel.get(i - 1).getText());
                List<String> behind = Normalizer.words(ofChannel.get(i).getText());
                int most = Math.min(LONGEST_REPEATED_WORDS, Math.min(before.size(), behind.size()));
                for (int count = 1; count <= most; count++) {
                    List<String> end = before.subList(before.size() - count, before.size());
                    if (end.equals(behind.subList(0, count))) {
                        String twice = " " + String.join(" ", end) + " " + String.join(" ", end) + " ";
                        assertThat(said)
                                .as(
                                        "%s | %s",
                                        ofChannel.get(i - 1).getText(),
                                        ofChannel.get(i).getText())
                                .contains(twice);
                    }
                }
            }
        }
    }

    private static List<List<String>> words(List<List<Transcript>> finals) {
        return finals.stream()
                .map(ofChannel -> Normalizer.words(
                        ofChannel.stream().map(Transcript::getText).collect(joining(" "))))
                .toList();
    }

    private static Configuration configuration() throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            return kafka.configuration(OPTIONS);
        }
    }

    private static List<List<Transcript>> stream(Spoken spoken) throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            Call call = new Call("acme", "ten-minutes", 0, List.of(), "en");
            CallSegments segments = CallSegments.of(TestSound.source(spoken.sound), call, Carriage.PCM, SEGMENT_MS);
            segments.forEachRemaining(segment -> kafka.send(segment, segment.getStartMs()));
            kafka.flush();
            kafka.run(OPTIONS);
            assertThat(kafka.deadLetters()).isEmpty();
            List<List<Transcript>> finals = List.of(new ArrayList<>(), new ArrayList<>());
            kafka.transcripts().stream()
                    .sorted(Comparator.comparingLong(Transcript::getStartMs))
                    .forEach(each -> finals.get(each.getChannel()).add(each));
            return finals;
        }
    }

    /** The bundled calls, again with the parties' channels changed, and utterances by turns until the time is up. */
    private static Spoken conversation() throws Exception {
        short[][] sound = {new short[0], new short[0]};
        List<Utterance> utterances = new ArrayList<>();
        for (int agent : new int[] {0, 1}) {
            for (String name : List.of("call-1-late-order", "call-2-double-charge", "call-3-broken-router")) {
                short[][] recording = TestSound.read(KafkaFixture.TEST_SET.resolve(name + ".wav"));
                long beginMs = sound[0].length / TestSound.MS;
                for (ReferenceCall.Turn turn : ReferenceCall.read(KafkaFixture.TEST_SET.resolve(name + ".json"))
                        .turns()) {
                    var words = turn.words();
                    utterances.add(new Utterance(
                            turn.channel() ^ agent,
                            beginMs + Math.round(1000 * words.get(0).start()),
                            beginMs
                                    + Math.round(
                                            1000 * words.get(words.size() - 1).end()),
                            turn.text()));
                }
                sound[0] = TestSound.concatenated(sound[0], recording[agent]);
                sound[1] = TestSound.concatenated(sound[1], recording[1 - agent]);
            }
        }
        int channel = 0;
        for (JsonNode row : utterances()) {
            short[] spoken =
                    TestSound.read(KafkaFixture.TEST_SET.resolve(row.get("file").asText()))[0];
            if (sound[0].length + spoken.length > LENGTH_MS * TestSound.MS) {
                break;
            }
            long beginMs = sound[0].length / TestSound.MS;
            JsonNode words = row.get("words");
            utterances.add(new Utterance(
                    channel,
                    beginMs + Math.round(1000 * words.get(0).get("start").asDouble()),
                    beginMs
                            + Math.round(1000
                                    * words.get(words.size() - 1).get("end").asDouble()),
                    row.get("text").asText()));
            sound[channel] = TestSound.concatenated(sound[channel], spoken);
            sound[1 - channel] = TestSound.concatenated(sound[1 - channel], new short[spoken.length]);
            channel = 1 - channel;
        }
        return new Spoken(sound, utterances);
    }

    /** Of the test set that lie in the repository and in which somebody speaks. */
    private static List<JsonNode> utterances() throws Exception {
        List<JsonNode> rows = new ArrayList<>();
        for (String line : Files.readAllLines(KafkaFixture.TEST_SET.resolve("manifest.jsonl"))) {
            JsonNode row = JSON.readTree(line);
            if (!row.get("text").asText().isEmpty()
                    && Files.exists(
                            KafkaFixture.TEST_SET.resolve(row.get("file").asText()))) {
                rows.add(row);
            }
        }
        return rows;
    }
}
