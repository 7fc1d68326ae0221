package io.amanuensis.job.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.amanuensis.engine.Engine;
import io.amanuensis.job.embedded.EmbeddedBroker;
import io.amanuensis.job.embedded.TopicAdmin;
import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.job.score.CallScore;
import io.amanuensis.job.score.ReferenceCall;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.Topics;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/**
 * The demonstration's calls with a window for each utterance and with shared windows. How well the model hears several utterances at once
 * is the model's affair, and printed: the demonstration model was trained on one at a time.
 */
class PackingTest {
    private static final int SEGMENT_MS = 250;
    private static final double MEDIAN_TOLERANCE_MS = 20;
    private static final long LEDGER_TOLERANCE_MS = 20;
    private static final List<String> CALLS =
            List.of("call-1-late-order", "call-2-double-charge", "call-3-broken-router");

    /** What a run published, and the processor time that the native library took for it. */
    private record Run(List<Transcript> transcripts, List<CallRecord> records, double nativeSeconds) {
        /** Windows with text: those that share one have its checksum. */
        long windows() {
            return transcripts.stream()
                    .map(transcript -> transcript.getChannel() + transcript.getEncoderChecksum())
                    .distinct()
                    .count();
        }
    }

    private static Run run(KafkaFixture kafka, String packing, String audioContext) throws Exception {
        String name = packing + "-" + audioContext;
        List<String> topics = List.of(Topics.TRANSCRIPTS + name, Topics.CALLS + name);
        TopicAdmin.createMissing(
                kafka.bootstrapServers(), KafkaFixture.PARTITIONS, EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES, topics);
        long before = Engine.busyTime().toNanos();
        kafka.run(Map.of(
                "find-speech.packing",
                packing,
                "model.audio-context",
                audioContext,
                "input.group-id",
                name,
                "transcripts.topic",
                topics.get(0),
                "calls.topic",
                topics.get(1),
                "partials.enabled",
                "false"));
        double seconds = (Engine.busyTime().toNanos() - before) / 1e9;
        assertThat(kafka.deadLetters()).isEmpty();
        SingleObjectCodec<Transcript> transcripts = new SingleObjectCodec<>(Transcript.class);
        SingleObjectCodec<CallRecord> records = new SingleObjectCodec<>(CallRecord.class);
        Run run = new Run(new ArrayList<>(), new ArrayList<>(), seconds);
        for (ConsumerRecord<byte[], byte[]> record : kafka.committed(topics.get(0))) {
            run.transcripts.add(transcripts.decode(record.value()));
        }
        for (ConsumerRecord<byte[], byte[]> record : kafka.committed(topics.get(1))) {
            run.records.add(records.decode(record.value()));
        }
        return run;
    }

    @Test
    void sharedWindowsAreFewerAndWordsKeepTheirTimes() throws Exception {
        Map<String, Run> runs = new HashMap<>();
        try (KafkaFixture kafka = KafkaFixture.start()) {
            for (String name : CALLS) {
                Call call = new Call("test", name, 0, List.of(ChannelRole.AGENT, ChannelRole.CUSTOMER), "en");
                Carriage carriage = name.startsWith("call-3") ? Carriage.TELEPHONE : Carriage.PCM;
                try (CallSegments segments = CallSegments.open(file(name, ".wav"), call, carriage, SEGMENT_MS)) {
                    kafka.produce(segments);
                }
            }
            for (String audioContext : List.of("full", "actual")) {
                for (String packing : List.of("off", "on")) {
                    runs.put(packing + " " + audioContext, run(kafka, packing, audioContext));
                }
            }
        }
        System.out.printf(
                "%-12s %10s %8s %8s %12s %10s%n",
                "packing", "utterances", "windows", "WER", "word starts", "native CPU");
        for (String name : List.of("off full", "on full", "off actual", "on actual")) {
            Run run = runs.get(name);
            CallScore score = score(run);
            System.out.printf(
                    "%-12s %10d %8d %7.1f%% %9.0f ms %8.2f s%n",
                    name,
                    run.transcripts.size(),
                    run.windows(),
                    score.errors().percent(),
                    score.medianWordStartErrorMs().orElseThrow(),
                    run.nativeSeconds);
        }
        for (String audioContext : List.of("full", "actual")) {
            Run alone = runs.get("off " + audioContext);
            Run shared = runs.get("on " + audioContext);
            assertThat(shared.windows()).isLessThan(alone.windows());
            assertThat(score(shared).medianWordStartErrorMs().orElseThrow())
                    .isCloseTo(score(alone).medianWordStartErrorMs().orElseThrow(), within(MEDIAN_TOLERANCE_MS));
            wordsLieInTheirUtterances(shared);
            ledgersClose(shared);
        }
    }

    private static Path file(String call, String suffix) {
        return KafkaFixture.TEST_SET.resolve(call + suffix);
    }

    private static CallScore score(Run run) throws Exception {
        CallScore all = CallScore.NONE;
        for (String call : CALLS) {
            List<Transcript> transcripts = run.transcripts.stream()
                    .filter(transcript -> transcript.getCallId().equals(call))
                    .toList();
            all = all.plus(CallScore.of(ReferenceCall.read(file(call, ".json")), transcripts));
        }
        return all;
    }

    private static void wordsLieInTheirUtterances(Run run) {
        assertThat(run.transcripts).extracting(Transcript::getId).doesNotHaveDuplicates();
        for (Transcript transcript : run.transcripts) {
            long at = transcript.getStartMs();
            for (Word word : transcript.getWords()) {
                assertThat(word.getStartMs()).as(transcript.getText()).isGreaterThanOrEqualTo(at);
                assertThat(word.getEndMs()).isBetween(word.getStartMs(), transcript.getEndMs());
                at = word.getStartMs();
            }
        }
    }

    private static void ledgersClose(Run run) {
        assertThat(run.records)
                .hasSize(CALLS.size())
                .allSatisfy(call -> assertThat(call.getChannels()).hasSize(2).allSatisfy(channel -> {
                    assertThat(channel.getLedgerClosed()).isTrue();
                    long textMs = run.transcripts.stream()
                            .filter(transcript -> transcript.getCallId().equals(call.getCallId())
                                    && transcript.getChannel() == channel.getChannel())
                            .mapToLong(transcript -> transcript.getEndMs() - transcript.getStartMs())
                            .sum();
                    assertThat(channel.getTextMs())
                            .as("time as text, of %s/%s", call.getCallId(), channel.getChannel())
                            .isCloseTo(textMs, within(LEDGER_TOLERANCE_MS));
                }));
    }
}
