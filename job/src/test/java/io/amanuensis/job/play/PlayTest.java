package io.amanuensis.job.play;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.DemoModel;
import io.amanuensis.job.JobConfig;
import io.amanuensis.job.JobDefaults;
import io.amanuensis.job.JobOptions;
import io.amanuensis.job.TranscriptionJob;
import io.amanuensis.job.demo.CallPlayer;
import io.amanuensis.job.demo.DemoCall;
import io.amanuensis.job.demo.DemoStage;
import io.amanuensis.job.embedded.EmbeddedBroker;
import io.amanuensis.job.embedded.TopicAdmin;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.job.files.SegmentTime;
import io.amanuensis.job.play.PlayedCall.Piece;
import io.amanuensis.schemas.AudioSegment;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.Transcript;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlayTest {
    private static final TopicPartition PARTITION = new TopicPartition("audio", 0);

    @TempDir
    Path directory;

    @Test
    void theReportAccountsForEveryRecordOnTheTopic() throws Exception {
        PlaySettings settings = settings(3, Double.POSITIVE_INFINITY, new Faults(0.01, 0.02, 5_000, 100, 60_000));
        AtomicLong sentMs = new AtomicLong();
        Play play = new Play(recordings(), settings, sentMs::set);
        List<AudioSegment> onTopic;
        try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES)) {
            TopicAdmin.createMissing(
                    broker.bootstrapServers(), 1, EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES, List.of("audio"));
            play.send(new CallPlayer(broker.bootstrapServers(), "audio", EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES));
            onTopic = read(broker.bootstrapServers());
        }
        Path file = directory.resolve("report.json");
        play.report().write(file);
        PlayReport report = PlayReport.read(file);

        assertThat(report).isEqualTo(play.report());
        assertThat(report.settings()).isEqualTo(settings);
        assertThat(report.finalsMs()).isNull();
        assertThat(report.calls()).hasSize(3);
        assertThat(onTopic).hasSize((int) (report.segments() - report.lost() + report.duplicated()));
        assertThat(report.lost()).isPositive();
        assertThat(report.duplicated()).isPositive();
        assertThat(report.restarts()).isPositive();
        assertThat(report.soundSeconds()).isEqualTo(sentMs.get() / 1e3);
        Map<String, Integer> times = new HashMap<>();
        onTopic.forEach(segment -> times.merge(id(segment), 1, Integer::sum));
        for (PlayedCall call : report.calls()) {
            call.lost().forEach(piece -> assertThat(times).doesNotContainKey(id(call, piece)));
            call.duplicated().forEach(piece -> assertThat(times).containsEntry(id(call, piece), 2));
        }
    }

    @Test
    void finalsAreTimedFromTheEndOfTheirSpeech() throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(JobOptions.MODEL_BACK_END, JobOptions.BackEnd.ECHO);
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        configuration.set(RestOptions.BIND_PORT, "0");
        Play play = new Play(recordings(), settings(2, 50, Faults.NONE), ms -> {});
        List<Transcript> transcripts = new ArrayList<>();
        try (DemoStage stage = DemoStage.start(JobDefaults.under(configuration))) {
            stage.play(
                    play::send,
                    (env, complete) -> TranscriptionJob.onKafka(env, JobConfig.from(complete)),
                    published -> {
                        play.published(published);
                        transcripts.addAll(published.transcripts());
                        assertThat(published.deadLetters()).isEmpty();
                    });
        }
        PlayReport report = play.report();
        assertThat(report.lost() + report.duplicated() + report.restarts()).isZero();
        assertThat(report.finalsMs().count()).isEqualTo(transcripts.size()).isGreaterThan(20);
        assertThat(report.finalsMs().p50Ms())
                .isPositive()
                .isLessThanOrEqualTo(report.finalsMs().p95Ms());
        assertThat(report.partialsMs().count()).isPositive();
        assertThat(report.partialsMs().p50Ms())
                .isPositive()
                .isLessThanOrEqualTo(report.partialsMs().p95Ms());
        assertThat(transcripts.stream().map(Transcript::getCallId).distinct().sorted())
                .containsExactlyElementsOf(
                        report.calls().stream().map(PlayedCall::callId).toList());
    }

    private static PlaySettings settings(int lines, double speed, Faults faults) {
        return new PlaySettings("test", lines, 1, speed, 500, 250, Carriage.TELEPHONE, faults, 3);
    }

    private static String id(AudioSegment segment) {
        return segment.getCallId()
                + new Piece(
                        segment.getChannel(),
                        segment.getStreamEpoch(),
                        segment.getSequence(),
                        segment.getStartMs(),
                        SegmentTime.endMs(segment));
    }

    private static String id(PlayedCall call, Piece piece) {
        return call.callId() + piece;
    }

    private static List<AudioSegment> read(String bootstrapServers) throws Exception {
        SingleObjectCodec<AudioSegment> codec = new SingleObjectCodec<>(AudioSegment.class);
        List<AudioSegment> segments = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(PARTITION));
            long end = consumer.endOffsets(List.of(PARTITION)).get(PARTITION);
            while (consumer.position(PARTITION) < end) {
                for (var record : consumer.poll(Duration.ofSeconds(10))) {
                    segments.add(codec.decode(record.value()));
                }
            }
        }
        return segments;
    }

    private static List<Path> recordings() throws IOException {
        return DemoCall.in(DemoModel.TEST_SET).stream().map(DemoCall::recording).toList();
    }
}
