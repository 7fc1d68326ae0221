package io.amanuensis.job.acceptance;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.JobConfig;
import io.amanuensis.job.TranscriptionJob;
import io.amanuensis.job.demo.CallPlayer;
import io.amanuensis.job.demo.Pace;
import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.Partial;
import io.amanuensis.schemas.PartialKind;
import io.amanuensis.schemas.StageDurations;
import io.amanuensis.schemas.Topics;
import io.amanuensis.schemas.Transcript;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is published while somebody speaks, and that finals do not care; read with a plain consumer. */
class PartialsTest {
    private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();
    private static final int SEGMENT_MS = 250;
    /** How much later than the sound, on the sound's own clock, an event may be. */
    private static final long EVENT_MS = 300;

    private static final double SPEED = 10;
    private static final int MAX_RECORD_BYTES = 1 << 20;
    private static final Map<String, String> MODEL = Map.of();
    /** Echo says a few words of many seconds, which the guard would not believe. */
    private static final Map<String, String> ECHO = Map.of("model.back-end", "echo", "guard.enabled", "false");

    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .setConfiguration(METRICS.addToConfiguration(new Configuration()))
            .build());

    private record Run(List<Transcript> finals, List<Partial> partials, long dropped) {}

    @Test
    void utterancesArePublishedWhileTheyAreSpokenUnderTheIdsOfTheirFinals() throws Exception {
        Run off = atOnce(with(MODEL, "partials.enabled", "false"));
        Run run = live(MODEL, off.finals.size());
        assertThat(off.partials).isEmpty();
        assertThat(finals(run)).isEqualTo(finals(off));
        Map<String, Transcript> finals =
                run.finals.stream().collect(Collectors.toMap(Transcript::getId, transcript -> transcript));
        assertThat(hypotheses(run).keySet()).isNotEmpty().isSubsetOf(finals.keySet());
        hypotheses(run).forEach((id, hypotheses) -> {
            Transcript transcript = finals.get(id);
            Partial before = null;
            for (Partial hypothesis : hypotheses) {
                assertThat(hypothesis.getStartMs()).isEqualTo(transcript.getStartMs());
                assertThat(hypothesis.getChannel()).isEqualTo(transcript.getChannel());
                assertThat(hypothesis.getRole()).isEqualTo(transcript.getRole());
                assertThat(hypothesis.getModelHash()).isEqualTo(transcript.getModelHash());
                assertThat((hypothesis.getStartMs() + hypothesis.getRevision()) % 1000)
                        .as("fixed positions of the call's clock")
                        .isZero();
                assertThat(hypothesis.getText()).startsWith(hypothesis.getCommitted());
                if (before != null) {
                    assertThat(hypothesis.getRevision()).isGreaterThan(before.getRevision());
                    assertThat(hypothesis.getCommitted()).startsWith(before.getCommitted());
                }
                before = hypothesis;
            }
        });
        assertThat(corrections(run)).isEqualTo(contradictions(run));
    }

    /** Each event is published under the id of an utterance, in turn, and no later than the sound allows. */
    @Test
    void beginningsAndEndsOfSpeechAreToldWithin300MsOfSound() throws Exception {
        Run run = atOnce(with(ECHO, "guard.enabled", "false"));
        Map<Integer, List<Partial>> events = run.partials.stream()
                .filter(partial -> partial.getSpeechMs() != null)
                .sorted(Comparator.comparing(PartialsTest::toldAtMs))
                .collect(groupingBy(Partial::getChannel));
        assertThat(events.keySet()).containsExactly(0, 1);
        Set<String> ids = run.finals.stream().map(Transcript::getId).collect(Collectors.toSet());
        events.values().forEach(ofChannel -> {
            PartialKind expected = PartialKind.SPEECH_STARTED;
            for (Partial event : ofChannel) {
                assertThat(event.getKind()).isEqualTo(expected);
                assertThat(toldAtMs(event) - event.getSpeechMs()).isBetween(0L, EVENT_MS);
                assertThat(ids).contains(event.getId());
                expected =
                        expected == PartialKind.SPEECH_STARTED ? PartialKind.SPEECH_ENDED : PartialKind.SPEECH_STARTED;
            }
            assertThat(expected).as("nobody speaks in the end").isEqualTo(PartialKind.SPEECH_STARTED);
        });
        assertThat(new TreeSet<>(run.partials.stream()
                        .filter(partial -> partial.getKind() == PartialKind.SPEECH_STARTED)
                        .map(Partial::getId)
                        .toList()))
                .as("every utterance that does not go on behind a full window begins with one")
                .hasSizeGreaterThan(ids.size() / 2);
    }

    private static long toldAtMs(Partial partial) {
        return partial.getStartMs() + partial.getRevision();
    }

    /** Echo says other words at every position: whatever two hypotheses happen to agree on, the final hardly says. */
    @Test
    void finalThatContradictsWhatWasCommittedIsSaidTo() throws Exception {
        int finals = atOnce(with(ECHO, "partials.enabled", "false")).finals.size();
        Run run = live(with(ECHO, "partials.interval", "100 ms"), finals);
        assertThat(corrections(run)).isNotEmpty().isEqualTo(contradictions(run));
    }

    /** Partials off, on, and on while every call of the encoder is held so that they have to give way. */
    @Test
    void finalsAreTheSameByteForByteWithPartialsAndWithout() throws Exception {
        Map<String, String> often = with(ECHO, "partials.interval", "200 ms");
        Run off = atOnce(with(often, "partials.enabled", "false"));
        Run on = live(often, off.finals.size());
        Run held = atOnce(with(often, "model.echo-hold", "150 ms"));
        assertThat(off.finals).hasSizeGreaterThan(10);
        assertThat(on.partials).extracting(Partial::getKind).contains(PartialKind.HYPOTHESIS);
        assertThat(finals(on)).isEqualTo(finals(off));
        assertThat(finals(held)).isEqualTo(finals(off));
        assertThat(held.dropped).isPositive();
    }

    private static Map<String, String> with(Map<String, String> options, String key, String value) {
        Map<String, String> more = new HashMap<>(options);
        more.put(key, value);
        return more;
    }

    /** Whole records but for the time that their stages took, by channel in the order of the topic. */
    private static Map<Integer, List<Transcript>> finals(Run run) {
        return run.finals.stream()
                .map(transcript -> Transcript.newBuilder(transcript)
                        .setStageDurations(new StageDurations())
                        .build())
                .collect(groupingBy(Transcript::getChannel, TreeMap::new, Collectors.toList()));
    }

    private static Map<String, List<Partial>> hypotheses(Run run) {
        return run.partials.stream()
                .filter(partial -> partial.getKind() == PartialKind.HYPOTHESIS)
                .collect(groupingBy(Partial::getId, LinkedHashMap::new, Collectors.toList()));
    }

    private static Set<String> corrections(Run run) {
        return run.partials.stream()
                .filter(partial -> partial.getKind() == PartialKind.CORRECTION)
                .map(partial -> partial.getId() + ": " + partial.getCommitted() + " -> " + partial.getText())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** By the plainest comparison: what was last committed of an utterance, and what its final says; nothing if it has none. */
    private static Set<String> contradictions(Run run) {
        Map<String, String> finals =
                run.finals.stream().collect(Collectors.toMap(Transcript::getId, Transcript::getText));
        Set<String> contradictions = new TreeSet<>();
        hypotheses(run).forEach((id, hypotheses) -> {
            String committed = hypotheses.get(hypotheses.size() - 1).getCommitted();
            String text = finals.getOrDefault(id, "");
            if (!committed.isEmpty() && !(letters(text) + " ").startsWith(letters(committed) + " ")) {
                contradictions.add(id + ": " + committed + " -> " + text);
            }
        });
        return contradictions;
    }

    private static String letters(String text) {
        return text.toLowerCase().replaceAll("[^\\p{L}\\p{N} ]", "");
    }

    /** The call is played at many times its speed, and a job that reads it live is cancelled when it has published as many finals. */
    private static Run live(Map<String, String> options, int finals) throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start();
                CallSegments segments = call()) {
            JobClient job = submit(kafka, with(options, "input.bounded", "false"));
            try {
                new CallPlayer(kafka.bootstrapServers(), Topics.AUDIO_SEGMENTS, MAX_RECORD_BYTES)
                        .play(List.of(segments), Pace.times(SPEED));
                CommonTestUtils.waitUntilCondition(() -> kafka.transcripts().size() == finals);
                return outcome(kafka, job);
            } finally {
                job.cancel().get();
                CommonTestUtils.waitUntilCondition(
                        () -> job.getJobStatus().get().isGloballyTerminalState());
            }
        }
    }

    /** The job finds the whole call on its topic and ends with it. */
    private static Run atOnce(Map<String, String> options) throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start();
                CallSegments segments = call()) {
            kafka.produce(segments);
            JobClient job = submit(kafka, options);
            job.getJobExecutionResult().get();
            return outcome(kafka, job);
        }
    }

    private static CallSegments call() throws Exception {
        Call call = new Call("acme", "live", 0, List.of(ChannelRole.AGENT, ChannelRole.CUSTOMER), "en");
        return CallSegments.open(
                KafkaFixture.TEST_SET.resolve("call-1-late-order.wav"), call, Carriage.PCM, SEGMENT_MS);
    }

    private static JobClient submit(KafkaFixture kafka, Map<String, String> options) throws Exception {
        Configuration configuration = kafka.configuration(options);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(2);
        TranscriptionJob.onKafka(env, JobConfig.from(configuration));
        return env.executeAsync("partials");
    }

    private static Run outcome(KafkaFixture kafka, JobClient job) throws Exception {
        assertThat(kafka.deadLetters()).isEmpty();
        long dropped = METRICS.findMetrics(job.getJobID(), "hypothesize.partialsDropped").values().stream()
                .mapToLong(counter -> ((Counter) counter).getCount())
                .sum();
        return new Run(kafka.transcripts(), kafka.partials(), dropped);
    }
}
