package io.amanuensis.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.DemoModel;
import io.amanuensis.job.cluster.StandaloneCluster;
import io.amanuensis.job.demo.CallPlayer;
import io.amanuensis.job.demo.Pace;
import io.amanuensis.job.demo.PublishedReader;
import io.amanuensis.job.embedded.EmbeddedBroker;
import io.amanuensis.job.embedded.TopicAdmin;
import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.schemas.Topics;
import io.amanuensis.schemas.Transcript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same job on the same calls, in the process of the command line and on a cluster. */
@Timeout(300)
class RunCommandIT {
    private static final Path FOLDER =
            Path.of("target", "cluster", "run-command").toAbsolutePath();
    private static EmbeddedBroker broker;

    @TempDir
    Path directory;

    @BeforeAll
    static void playACall() throws Exception {
        broker = EmbeddedBroker.start(EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES);
        TopicAdmin.createMissing(
                broker.bootstrapServers(),
                1,
                EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES,
                List.of(
                        Topics.AUDIO_SEGMENTS,
                        Topics.PARTIALS,
                        Topics.CALLS,
                        Topics.SUPPRESSED,
                        "here.transcripts",
                        "here.dead-letters",
                        "there.transcripts",
                        "there.dead-letters"));
        Call call = new Call("test", "call", 0, List.of(), null);
        try (CallSegments segments = CallSegments.open(
                DemoModel.TEST_SET.resolve("call-3-broken-router.wav"), call, Carriage.TELEPHONE, 250)) {
            new CallPlayer(broker.bootstrapServers(), Topics.AUDIO_SEGMENTS, EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES)
                    .play(List.of(segments), Pace.UNPACED);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
    }

    @Test
    void aClusterPublishesWhatThisProcessPublishes() throws Exception {
        CommandRun here = CommandRun.of("run", "--config", config("here").toString(), "-Drest.bind-port=0");
        assertThat(here.err()).isEmpty();
        assertThat(here.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(here.out()).startsWith("Flink http://");

        try (StandaloneCluster cluster = StandaloneCluster.start(FOLDER, Map.of())) {
            cluster.startTaskManager();
            CommandRun there = CommandRun.of(
                    "run",
                    "--config",
                    config("there").toString(),
                    "-Drest.address=localhost",
                    "-Drest.port=" + cluster.rest().port());
            assertThat(there.err()).isEmpty();
            assertThat(there.exitCode()).isEqualTo(ExitCode.OK);
            assertThat(cluster.rest().get("/jobs/overview").findValuesAsText("state"))
                    .containsExactly("FINISHED");
        }
        assertThat(published("here")).hasSizeGreaterThan(10).containsExactlyInAnyOrderElementsOf(published("there"));
    }

    @Test
    void aClusterThatIsNotThereIsNamed() throws Exception {
        CommandRun run = CommandRun.of(
                "run",
                "--config",
                config("nowhere").toString(),
                "-Drest.address=localhost",
                "-Drest.port=1",
                "-Drest.retry.max-attempts=1");

        assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.err()).contains("cannot reach Flink at localhost:1");
    }

    private Path config(String name) throws Exception {
        return Files.writeString(
                directory.resolve(name + ".yaml"), """
                kafka:
                  bootstrap.servers: "%s"
                input:
                  start: earliest
                  bounded: true
                  group-id: %s
                transcripts.topic: %s.transcripts
                dead-letters.topic: %s.dead-letters
                model.back-end: echo
                execution.checkpointing.interval: 1s
                """.formatted(broker.bootstrapServers(), name, name, name));
    }

    private static List<String> published(String name) throws Exception {
        List<Transcript> transcripts = new ArrayList<>();
        try (PublishedReader reader =
                new PublishedReader(broker.bootstrapServers(), name + ".transcripts", name + ".dead-letters")) {
            do {
                transcripts.addAll(reader.poll(Duration.ofMillis(200)).transcripts());
            } while (!reader.atEnd());
        }
        return transcripts.stream()
                .map(transcript -> transcript.getId() + transcript.getText())
                .toList();
    }
}
