package io.amanuensis.job.acceptance;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.JobConfig;
import io.amanuensis.job.TranscriptionJob;
import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.ParkedWindow;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.Topics;
import io.amanuensis.schemas.Transcript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The emulated NPU is unplugged while the job runs, and plugged in again. */
@Timeout(180)
class DeviceOutageTest {
    private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();
    private static final String UTTERANCE = "utterance-0%d-espeak_seen-clean.wav";
    private static final int UTTERANCES = 3;
    private static final int LINES = 6; // one more than the failures that open the breaker
    private static final List<String> CALLS = List.of("before", "during", "after", "again");
    private static final String NPU = "npu-emulated";

    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(1)
            .setConfiguration(METRICS.addToConfiguration(new Configuration()))
            .build());

    /** What the job says of all calls with a device that stays, and without one, by id. */
    private static Map<String, Transcript> calm;

    private static Map<String, Transcript> byCpu;

    @TempDir
    Path directory;

    @BeforeAll
    static void transcribeUndisturbed() throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            for (String call : CALLS) {
                produce(kafka, call);
            }
            kafka.run(Map.of());
            byCpu = byId(kafka.transcripts());
        }
        try (KafkaFixture kafka = KafkaFixture.start()) {
            for (String call : CALLS) {
                produce(kafka, call);
            }
            kafka.run(emulated("auto"));
            calm = byId(kafka.transcripts());
        }
        assertThat(calm.values()).extracting(Transcript::getBackEnd).containsOnly(NPU);
        assertThat(calm.values()).extracting(Transcript::getDegradationLevel).containsOnly(1);
        assertThat(calm.keySet()).isEqualTo(byCpu.keySet());
    }

    @Test
    void cpuTakesOverAndEveryRecordSaysSo() throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            JobClient job = submit(kafka, "auto", "200 ms", Map.of());
            try {
                transcribe(kafka, "before");
                assertThat(breakerState(job)).isZero();
                unplug();
                transcribe(kafka, "during");
                assertThat(breakerState(job))
                        .as("open, or half-open for a moment")
                        .isIn(1, 2);
                plugIn();
                transcribe(kafka, "after");
                transcribe(kafka, "again");
                assertThat(breakerState(job)).as("three probes have succeeded").isZero();
            } finally {
                cancel(job);
            }
            Map<String, Transcript> published = byId(kafka.transcripts());
            assertThat(published.keySet()).isEqualTo(calm.keySet());
            published.forEach((id, transcript) -> {
                boolean onDevice = transcript.getBackEnd().equals(NPU);
                assertSame(transcript, (onDevice ? calm : byCpu).get(id));
                assertThat(transcript.getDegradationLevel()).isEqualTo(onDevice ? 1 : 2);
            });
            assertThat(backEnds(published, "before")).containsExactly(NPU);
            assertThat(backEnds(published, "during")).containsExactly("cpu");
            assertThat(backEnds(published, "again")).contains(NPU);
            assertThat(kafka.deadLetters()).isEmpty();
            assertThat(kafka.committed(Topics.RETRY)).isEmpty();
        }
    }

    @Test
    void windowsWaitThenAreParkedAndReplayedToFinals() throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            JobClient job = submit(kafka, "npu", "210 ms", Map.of());
            try {
                transcribe(kafka, "before");
                unplug();
                produce(kafka, "during");
                CommonTestUtils.waitUntilCondition(() -> parked(kafka).size() == expected("during"));
                plugIn();
                transcribe(kafka, "after");
            } finally {
                cancel(job);
            }
            Set<String> parked = parked(kafka);
            assertThat(kafka.deadLetters()).hasSameSizeAs(parked).allSatisfy(letter -> {
                assertThat(letter.getCallId()).startsWith("during");
                assertThat(letter.getMessage()).contains("Parked");
            });
            assertThat(byId(kafka.transcripts()).keySet()).doesNotContainAnyElementsOf(parked);

            Map<String, String> replay = new HashMap<>(emulated("auto"));
            replay.put("retry.replay", "true");
            kafka.run(replay);

            Map<String, Transcript> published = byId(kafka.transcripts());
            assertThat(published.keySet())
                    .isEqualTo(byId(of(List.copyOf(calm.values()), List.of("before", "during", "after")))
                            .keySet());
            published.forEach((id, transcript) -> assertSame(transcript, calm.get(id)));
        }
    }

    /** Every window is proved: an NPU that computes as it should passes, one that drifts is used no more. */
    @Test
    void driftingDeviceIsQuarantined() throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            JobClient job = submit(kafka, "auto", "220 ms", Map.of("npu.proof-fraction", "1"));
            try {
                transcribe(kafka, "before");
                assertThat(breakerState(job)).isZero();
                fault("drift");
                transcribe(kafka, "during");
                assertThat(breakerState(job)).isEqualTo(3);
                plugIn();
                transcribe(kafka, "after");
            } finally {
                cancel(job);
            }
            Map<String, Transcript> published = byId(kafka.transcripts());
            assertThat(backEnds(published, "before")).containsExactly(NPU);
            assertThat(backEnds(published, "during")).containsExactly("cpu");
            assertThat(backEnds(published, "after")).containsExactly("cpu");
            published.forEach((id, transcript) ->
                    assertSame(transcript, (transcript.getBackEnd().equals(NPU) ? calm : byCpu).get(id)));
        }
    }

    /** As it was, but for how long it took: words, times, ids, and who computed. */
    private static void assertSame(Transcript transcript, Transcript truth) {
        Transcript expected = Transcript.newBuilder(truth)
                .setStageDurations(transcript.getStageDurations())
                .setOrigin(transcript.getOrigin())
                .build();
        assertThat(transcript).isEqualTo(expected);
    }

    /** The emulated device is slower than the CPU: nothing is spilled because of that. */
    private static Map<String, String> emulated(String backEnd) {
        return Map.of(
                "model.back-end", backEnd,
                "npu.device", "emulated",
                "npu.spill-after", "1 h",
                "npu.proof-fraction", "0");
    }

    /** @param openTime also makes the breaker the test's own: breakers of a process are shared by device and settings */
    private JobClient submit(KafkaFixture kafka, String backEnd, String openTime, Map<String, String> more)
            throws Exception {
        Map<String, String> all = new HashMap<>(emulated(backEnd));
        all.putAll(Map.of(
                "input.bounded", "false",
                "npu.option.fault-file", faults().toString(),
                "npu.breaker-open-time", openTime,
                "npu.park-after", "700 ms",
                "encode.batch-size", "1",
                "execution.checkpointing.interval", "200 ms"));
        all.putAll(more);
        Configuration configuration = kafka.configuration(all);
        JobConfig config = JobConfig.from(configuration);
        config.placement().ifPresent(placement -> placement.offer(configuration, 1));
        StreamExecutionEnvironment env = config.placement().isPresent()
                ? StreamExecutionEnvironment.createLocalEnvironment(1, configuration)
                : StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(1);
        TranscriptionJob.onKafka(env, config);
        return env.executeAsync("outage");
    }

    private static void cancel(JobClient job) throws Exception {
        job.cancel().get();
        CommonTestUtils.waitUntilCondition(() -> job.getJobStatus().get().isGloballyTerminalState());
    }

    /** Read by the emulated device before every command. */
    private Path faults() {
        return directory.resolve("faults");
    }

    private void unplug() throws Exception {
        fault("lost");
    }

    private void fault(String script) throws Exception {
        Path written = Files.writeString(directory.resolve("faults.new"), script);
        Files.move(written, faults(), StandardCopyOption.ATOMIC_MOVE);
    }

    private void plugIn() throws Exception {
        Files.delete(faults());
    }

    /** An utterance on each line. */
    private static void produce(KafkaFixture kafka, String callId) throws Exception {
        for (int i = 0; i < LINES; i++) {
            Call part = new Call("acme", callId + "-" + i, 0, List.of(ChannelRole.CUSTOMER), "en");
            try (CallSegments segments = CallSegments.open(
                    KafkaFixture.TEST_SET.resolve(UTTERANCE.formatted(i % UTTERANCES)), part, Carriage.PCM, 250)) {
                kafka.produce(segments);
            }
        }
    }

    /** Produces a call and waits for its transcripts. */
    private static void transcribe(KafkaFixture kafka, String call) throws Exception {
        produce(kafka, call);
        CommonTestUtils.waitUntilCondition(
                () -> of(kafka.transcripts(), List.of(call)).size() == expected(call));
    }

    private static long expected(String call) {
        return of(List.copyOf(calm.values()), List.of(call)).size();
    }

    private static List<Transcript> of(List<Transcript> transcripts, List<String> calls) {
        return transcripts.stream()
                .filter(transcript ->
                        calls.stream().anyMatch(call -> transcript.getCallId().startsWith(call)))
                .toList();
    }

    private static Set<String> backEnds(Map<String, Transcript> transcripts, String call) {
        return of(List.copyOf(transcripts.values()), List.of(call)).stream()
                .map(Transcript::getBackEnd)
                .collect(Collectors.toSet());
    }

    private static Map<String, Transcript> byId(List<Transcript> transcripts) {
        return transcripts.stream().collect(toMap(Transcript::getId, Function.identity()));
    }

    private static Set<String> parked(KafkaFixture kafka) throws Exception {
        SingleObjectCodec<ParkedWindow> codec = new SingleObjectCodec<>(ParkedWindow.class);
        Set<String> ids = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> record : kafka.committed(Topics.RETRY)) {
            ids.add(codec.decode(record.value()).getId());
        }
        return ids;
    }

    private static int breakerState(JobClient job) {
        return ((Gauge<?>) METRICS.findMetrics(job.getJobID(), "encode.breakerState")
                                        .values()
                                        .iterator()
                                        .next())
                                .getValue()
                        instanceof Integer state
                ? state
                : -1;
    }
}
