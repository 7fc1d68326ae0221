package io.amanuensis.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.amanuensis.job.Transcripts;
import io.amanuensis.job.embedded.EmbeddedBroker;
import io.amanuensis.job.embedded.TopicAdmin;
import io.amanuensis.operators.publish.OutputEncoding;
import io.amanuensis.operators.publish.OutputRecord;
import io.amanuensis.operators.publish.OutputRecords;
import io.amanuensis.schemas.CallEnd;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.ChannelAccount;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.PlainJson;
import io.amanuensis.schemas.Topics;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Turn;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {
    private static final Transcript TRANSCRIPT = Transcripts.of(0, ChannelRole.AGENT, 0, 1000, "Hello.");

    @TempDir
    private Path directory;

    @Test
    void readsFilesOfBothRecordsOnePerLineOrNot() throws Exception {
        byte[] call = PlainJson.write(call("call-1", "Hello."));
        byte[] transcript = PlainJson.write(TRANSCRIPT);
        Path file = directory.resolve("records.json");
        Files.write(file, call);
        Files.write(file, transcript, StandardOpenOption.APPEND);
        Files.writeString(file, "\n\n" + new String(call, StandardCharsets.UTF_8), StandardOpenOption.APPEND);

        CommandRun run = CommandRun.of("export", "--format", "lca", file.toString());

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        List<String> types = new ArrayList<>();
        for (String line : run.out().lines().toList()) {
            types.add(new ObjectMapper().readTree(line).get("EventType").asText());
        }
        assertThat(types)
                .containsExactly(
                        "START",
                        "ADD_TRANSCRIPT_SEGMENT",
                        "END",
                        "ADD_TRANSCRIPT_SEGMENT",
                        "START",
                        "ADD_TRANSCRIPT_SEGMENT",
                        "END");
    }

    @Test
    void readsATopicInEitherEncoding() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES)) {
            String servers = broker.bootstrapServers();
            TopicAdmin.createMissing(
                    servers,
                    2,
                    EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES,
                    List.of(Topics.CALLS, Topics.TRANSCRIPTS, "mixed"));
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", servers), new ByteArraySerializer(), new ByteArraySerializer())) {
                for (OutputEncoding encoding : OutputEncoding.values()) {
                    String name = encoding.name();
                    send(producer, Topics.CALLS, OutputRecords.calls(encoding).of(call(name, "Hello.")));
                    send(
                            producer,
                            Topics.TRANSCRIPTS,
                            OutputRecords.transcripts(encoding).of(TRANSCRIPT));
                }
                producer.send(new ProducerRecord<>("mixed", new byte[] {1}));
            }
            CommandRun calls = CommandRun.of("export", "--format", "tca", "--bootstrap", servers);
            assertThat(calls.err()).isEmpty();
            assertThat(calls.out().lines()).hasSize(2).anyMatch(line -> line.contains("\"JobName\":\"JSON\""));
            CommandRun transcripts = CommandRun.of("export", "--format", "deepgram", "--bootstrap", servers);
            assertThat(transcripts.exitCode()).isEqualTo(ExitCode.OK);
            JsonNode result = new ObjectMapper()
                    .readTree(transcripts.out().lines().findFirst().orElseThrow());
            assertThat(result.at("/channel/alternatives/0/transcript").asText()).isEqualTo("Hello.");

            CommandRun absent = CommandRun.of("export", "-f", "lca", "--bootstrap", servers, "--topic", "absent");
            assertThat(absent.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
            assertThat(absent.err()).contains("absent");
            CommandRun mixed = CommandRun.of("export", "-f", "lca", "--bootstrap", servers, "--topic", "mixed");
            assertThat(mixed.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
            assertThat(mixed.err()).contains("neither a call nor a transcript");
        }
    }

    @Test
    void aCallWithoutItsTextsIsNamedAndTheNextIsWritten() throws Exception {
        CallRecord cut = call("too-large", null);
        cut.setTextOmitted(true);
        Path file = directory.resolve("records.json");
        Files.write(file, PlainJson.write(cut));
        Files.write(file, PlainJson.write(call("next", "Hello.")), StandardOpenOption.APPEND);

        CommandRun run = CommandRun.of("export", "--format", "TCA", file.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.JOB_FAILED);
        assertThat(run.err()).contains("too-large").contains("export its transcripts");
        assertThat(run.out().lines()).singleElement().asString().contains("\"JobName\":\"next\"");
    }

    @Test
    void whatMakesNoSenseIsSaid() throws Exception {
        Path file = Files.writeString(directory.resolve("some.json"), "{\"a\": 1}");
        Path noJson = Files.writeString(directory.resolve("no.json"), "hello");
        assertThat(CommandRun.of("export", "--format", "lca").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(CommandRun.of("export", "--format", "lca", "--bootstrap", "x:1", file.toString())
                        .exitCode())
                .isEqualTo(ExitCode.USAGE);
        CommandRun other = CommandRun.of("export", "--format", "lca", file.toString());
        assertThat(other.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(other.err()).contains("some.json, object 1: neither a call nor a transcript");
        CommandRun broken = CommandRun.of("export", "--format", "lca", noJson.toString());
        assertThat(broken.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(broken.err()).contains("no.json: not JSON");
        CommandRun absent = CommandRun.of("export", "--format", "lca", "absent.json");
        assertThat(absent.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
        Path utterance = directory.resolve("transcript.json");
        Files.write(utterance, PlainJson.write(TRANSCRIPT));
        CommandRun tca = CommandRun.of("export", "--format", "tca", utterance.toString());
        assertThat(tca.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(tca.err()).contains("Export the calls topic");
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String topic, OutputRecord output) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, output.key(), output.value());
        output.headers().forEach(record.headers()::add);
        producer.send(record);
    }

    private static CallRecord call(String id, String text) {
        return CallRecord.newBuilder()
                .setId(id)
                .setTenant("acme")
                .setCallId(id)
                .setRevision(0)
                .setEnd(CallEnd.CHANNELS_ENDED)
                .setCallStartEpochMs(Instant.EPOCH)
                .setStartMs(0)
                .setEndMs(1000)
                .setLedgerClosed(true)
                .setChannels(List.of(ChannelAccount.newBuilder()
                        .setChannel(0)
                        .setRole(ChannelRole.AGENT)
                        .setStartMs(0)
                        .setEndMs(1000)
                        .setLengthMs(1000)
                        .setTextMs(1000)
                        .setNonSpeechMs(0)
                        .setNonSpeechByModelMs(0)
                        .setNonSpeechByGuardMs(0)
                        .setGapMs(0)
                        .setDeadLetterMs(0)
                        .setLedgerClosed(true)
                        .setTalkMs(1000)
                        .setNonTalkMs(0)
                        .setTurns(1)
                        .setWords(1)
                        .setWordsPerMinute(60)
                        .setInterruptions(0)
                        .setHoles(List.of())
                        .build()))
                .setNonTalkMs(0)
                .setOverlaps(0)
                .setOverlapMs(0)
                .setTurns(List.of(new Turn("t", 0, 0L, 1000L, text, 1, "en", 0.5, false)))
                .build();
    }
}
