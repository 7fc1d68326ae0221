package io.amanuensis.job.acceptance;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.ChannelAccount;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.ParkedReason;
import io.amanuensis.schemas.ParkedWindow;
import io.amanuensis.schemas.Topics;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Turn;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The emulated NPU is unplugged while the job runs, and plugged in again. */
@Timeout(180)
class DeviceOutageTest {
    private static final String UTTERANCE = "utterance-0%d-espeak_seen-clean.wav";
    private static final int UTTERANCES = 3;
    private static final int LINES = 6; // one more than the failures that open the breaker
    private static final List<String> CALLS = List.of("before", "during", "after", "again");
    private static final String NPU = UnpluggableNpu.NAME;

    /** What the job says of all calls with a device that stays, and without one, by id. */
    private static Map<String, Transcript> calm;

    private static Map<String, Transcript> byCpu;

    @TempDir
    Path directory;

    private UnpluggableNpu npu;

    @BeforeAll
    static void transcribeUndisturbed() throws Exception {
        byCpu = transcripts(Map.of());
        calm = transcripts(UnpluggableNpu.options("auto"));
        assertThat(calm.values()).extracting(Transcript::getBackEnd).containsOnly(NPU);
        assertThat(calm.values()).extracting(Transcript::getDegradationLevel).containsOnly(1);
        assertThat(calm.keySet()).isEqualTo(byCpu.keySet());
    }

    private static Map<String, Transcript> transcripts(Map<String, String> options) throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            for (String call : CALLS) {
                produce(kafka, call);
            }
            kafka.run(options);
            return byId(kafka.transcripts());
        }
    }

    @BeforeEach
    void plug() {
        npu = new UnpluggableNpu(directory);
    }

    @Test
    void cpuTakesOverAndEveryRecordSaysSo() throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            JobClient job = npu.submit(kafka, "auto", "200 ms", Map.of());
            try {
                transcribe(kafka, "before");
                assertThat(npu.breakerState(job)).isZero();
                npu.unplug();
                transcribe(kafka, "during");
                assertThat(npu.breakerState(job))
                        .as("open, or half-open for a moment")
                        .isIn(1, 2);
                npu.plugIn();
                transcribe(kafka, "after");
                transcribe(kafka, "again");
                assertThat(npu.breakerState(job))
                        .as("three probes have succeeded")
                        .isZero();
            } finally {
                UnpluggableNpu.cancel(job);
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
    void windowsWaitForTheNpuThatTheyMayNotDoWithout() throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            JobClient job = npu.submit(kafka, "npu", "210 ms", Map.of("npu.park-after", "1 h"));
            try {
                transcribe(kafka, "before");
                npu.unplug();
                produce(kafka, "during");
                CommonTestUtils.waitUntilCondition(() -> npu.breakerState(job) != 0);
                long checkpoints = npu.checkpoints(job);
                CommonTestUtils.waitUntilCondition(() -> npu.checkpoints(job) > checkpoints + 2);
                assertThat(of(kafka.transcripts(), List.of("during"))).isEmpty();
                npu.plugIn();
                CommonTestUtils.waitUntilCondition(() -> isTranscribed(kafka, "during"));
                CommonTestUtils.waitUntilCondition(() -> kafka.calls().size() == 2 * LINES);
                assertThat(npu.breakerState(job))
                        .as("three probes have succeeded")
                        .isZero();
            } finally {
                UnpluggableNpu.cancel(job);
            }
            assertCalm(byId(kafka.transcripts()), "before", "during");
            assertThat(kafka.deadLetters()).isEmpty();
            assertThat(kafka.committed(Topics.RETRY)).isEmpty();
            assertThat(kafka.calls()).allSatisfy(call -> {
                assertThat(call.getLedgerClosed()).isTrue();
                assertThat(channel(call).getDeadLetterMs()).isZero();
            });
        }
    }

    @Test
    void windowsThatHaveWaitedTooLongAreParkedAndReplayedToFinals() throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            JobClient job = npu.submit(kafka, "npu", "220 ms", Map.of("npu.park-after", "300 ms"));
            try {
                transcribe(kafka, "before");
                npu.unplug();
                produce(kafka, "during");
                CommonTestUtils.waitUntilCondition(() -> kafka.parked().size() == expected("during"));
                npu.plugIn();
                transcribe(kafka, "after");
                CommonTestUtils.waitUntilCondition(() -> calls(kafka).size() == 3 * LINES);
                assertCalm(byId(kafka.transcripts()), "before", "after");
                assertParked(kafka);

                Map<String, String> replay = new HashMap<>(UnpluggableNpu.options("npu"));
                replay.put("retry.replay", "true");
                kafka.run(replay);
                assertCalm(byId(kafka.transcripts()), "before", "during", "after");
                assertThat(kafka.parked())
                        .extracting(ParkedWindow::getAttempts)
                        .as("none a second time")
                        .containsOnly(1);
                CommonTestUtils.waitUntilCondition(() -> calls(kafka).values().stream()
                        .allMatch(call -> channel(call).getDeadLetterMs() == 0));
            } finally {
                UnpluggableNpu.cancel(job);
            }
            assertThat(calls(kafka).values()).hasSize(3 * LINES).allSatisfy(call -> {
                assertThat(call.getLedgerClosed()).isTrue();
                assertThat(call.getRevision() > 0).isEqualTo(call.getCallId().startsWith("during"));
                assertThat(call.getTurns())
                        .extracting(Turn::getTranscriptId)
                        .containsExactlyElementsOf(of(List.copyOf(calm.values()), List.of(call.getCallId())).stream()
                                .sorted(Comparator.comparing(Transcript::getStartMs))
                                .map(Transcript::getId)
                                .toList());
                assertThat(call.getTurns()).allSatisfy(turn -> assertThat(turn.getText())
                        .isEqualTo(calm.get(turn.getTranscriptId()).getText().strip()));
            });
        }
    }

    /** Each window of the outage is a dead letter, has its sound on the retry topic, and its time in a ledger that closes. */
    private static void assertParked(KafkaFixture kafka) throws Exception {
        assertThat(kafka.parked()).allSatisfy(window -> {
            assertThat(window.getReason()).isEqualTo(ParkedReason.DEVICE_OUT);
            assertThat(window.getAttempts()).isEqualTo(1);
            assertThat(calm.get(window.getId()).getCallId())
                    .startsWith("during")
                    .isEqualTo(window.getCallId());
        });
        assertThat(kafka.deadLetters()).hasSameSizeAs(kafka.parked());
        assertThat(kafka.deadLetters()).extracting(DeadLetter::getCause).containsOnly(DeadLetterCause.PARKED);
        assertThat(calls(kafka).values()).allSatisfy(call -> {
            assertThat(call.getLedgerClosed()).isTrue();
            assertThat(channel(call).getDeadLetterMs() > 0)
                    .isEqualTo(call.getCallId().startsWith("during"));
        });
    }

    /** The newest revision of each, by its id. */
    private static Map<String, CallRecord> calls(KafkaFixture kafka) throws Exception {
        return kafka.calls().stream()
                .collect(toMap(
                        CallRecord::getCallId,
                        Function.identity(),
                        BinaryOperator.maxBy(Comparator.comparing(CallRecord::getRevision))));
    }

    /** Every window is proved: an NPU that computes as it should passes, one that drifts is used no more. */
    @Test
    void driftingDeviceIsQuarantined() throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            JobClient job = npu.submit(kafka, "auto", "230 ms", Map.of("npu.proof-fraction", "1"));
            try {
                transcribe(kafka, "before");
                assertThat(npu.breakerState(job)).isZero();
                npu.fault("drift");
                transcribe(kafka, "during");
                assertThat(npu.breakerState(job)).isEqualTo(3);
                npu.plugIn();
                transcribe(kafka, "after");
            } finally {
                UnpluggableNpu.cancel(job);
            }
            Map<String, Transcript> published = byId(kafka.transcripts());
            assertThat(backEnds(published, "before")).containsExactly(NPU);
            assertThat(backEnds(published, "during")).containsExactly("cpu");
            assertThat(backEnds(published, "after")).containsExactly("cpu");
            published.forEach((id, transcript) ->
                    assertSame(transcript, (transcript.getBackEnd().equals(NPU) ? calm : byCpu).get(id)));
        }
    }

    /** All of these calls, with the words that an undisturbed NPU gives, and its name. */
    private static void assertCalm(Map<String, Transcript> published, String... calls) {
        assertThat(published.keySet())
                .isEqualTo(byId(of(List.copyOf(calm.values()), List.of(calls))).keySet());
        published.forEach((id, transcript) -> assertSame(transcript, calm.get(id)));
    }

    /** As it was, but for how long it took: words, times, ids, and who computed. */
    private static void assertSame(Transcript transcript, Transcript truth) {
        Transcript expected = Transcript.newBuilder(truth)
                .setStageDurations(transcript.getStageDurations())
                .setOrigin(transcript.getOrigin())
                .build();
        assertThat(transcript).isEqualTo(expected);
    }

    private static ChannelAccount channel(CallRecord call) {
        return call.getChannels().get(0);
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
        CommonTestUtils.waitUntilCondition(() -> isTranscribed(kafka, call));
    }

    private static boolean isTranscribed(KafkaFixture kafka, String call) throws Exception {
        return of(kafka.transcripts(), List.of(call)).size() == expected(call);
    }

    private static int expected(String call) {
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
                .collect(toSet());
    }

    private static Map<String, Transcript> byId(List<Transcript> transcripts) {
        return transcripts.stream().collect(toMap(Transcript::getId, Function.identity()));
    }
}
