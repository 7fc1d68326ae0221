package io.amanuensis.job.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.DemoModel;
import io.amanuensis.job.demo.CallPlayer;
import io.amanuensis.job.demo.InputProgress;
import io.amanuensis.job.demo.Pace;
import io.amanuensis.job.demo.PublishedReader;
import io.amanuensis.job.embedded.EmbeddedBroker;
import io.amanuensis.job.embedded.TopicAdmin;
import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.Topics;
import io.amanuensis.schemas.Transcript;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A task manager is killed while calls are played: what is published is what an undisturbed job publishes, each turn once. */
class TaskManagerKillIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path FOLDER =
            Path.of("target", "cluster", "task-manager-kill").toAbsolutePath();
    private static final String REFERENCE_TRANSCRIPTS = "reference.transcripts";
    private static final String REFERENCE_DEAD_LETTERS = "reference.dead-letters";
    private static final String DISTURBED = "disturbed";
    private static final int SPEED = 4;
    private static final int TURNS_BEFORE_KILL = 5;

    @Test
    @Timeout(600)
    void nothingIsLostAndNothingDoubled() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES);
                StandaloneCluster cluster =
                        StandaloneCluster.start(FOLDER, Map.of("taskmanager.numberOfTaskSlots", "1"))) {
            TopicAdmin.createMissing(
                    broker.bootstrapServers(),
                    2,
                    EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES,
                    List.of(
                            Topics.AUDIO_SEGMENTS,
                            Topics.TRANSCRIPTS,
                            Topics.PARTIALS,
                            Topics.CALLS,
                            Topics.SUPPRESSED,
                            Topics.DEAD_LETTERS,
                            REFERENCE_TRANSCRIPTS,
                            REFERENCE_DEAD_LETTERS));
            cluster.startTaskManager();
            FlinkProcess victim = cluster.startTaskManager();
            String job = cluster.runJob(arguments(broker, DISTURBED, "-Dparallelism.default=2"));
            cluster.awaitRunning(job, LIMIT);

            CompletableFuture<Void> played = play(broker);
            List<Transcript> published = new ArrayList<>();
            try (PublishedReader reader = reader(broker, Topics.TRANSCRIPTS, Topics.DEAD_LETTERS)) {
                cluster.await(
                        "the first turns", LIMIT, () -> read(reader, published).size() >= TURNS_BEFORE_KILL);
                assertThat(played).as("calls are still being played").isNotDone();
                victim.kill();
                cluster.startTaskManager();
                cluster.awaitRunning(job, LIMIT);
                played.join();
                awaitInputRead(broker, cluster);
                cluster.drain(job, LIMIT);
                assertThat(cluster.awaitEnd(job, LIMIT)).isEqualTo("FINISHED");
                cluster.await(
                        "the end of the published turns",
                        LIMIT,
                        () -> !read(reader, published).isEmpty() && reader.atEnd());
            }
            assertThat(facts(published)).isEqualTo(facts(undisturbed(broker, cluster)));
        }
    }

    /** A drain ends the sources where they are: what they have not read yet would be missing. */
    private static void awaitInputRead(EmbeddedBroker broker, StandaloneCluster cluster) throws Exception {
        try (InputProgress input = new InputProgress(broker.bootstrapServers(), Topics.AUDIO_SEGMENTS, DISTURBED)) {
            cluster.await("the job to read its input", LIMIT, () -> input.recordsLeft() == 0);
        }
    }

    private static List<Transcript> undisturbed(EmbeddedBroker broker, StandaloneCluster cluster) throws Exception {
        String job = cluster.runJob(arguments(
                broker,
                "reference",
                "-Dinput.bounded=true",
                "-Dparallelism.default=1",
                "-Dtranscripts.topic=" + REFERENCE_TRANSCRIPTS,
                "-Ddead-letters.topic=" + REFERENCE_DEAD_LETTERS));
        assertThat(cluster.awaitEnd(job, LIMIT)).isEqualTo("FINISHED");
        List<Transcript> published = new ArrayList<>();
        try (PublishedReader reader = reader(broker, REFERENCE_TRANSCRIPTS, REFERENCE_DEAD_LETTERS)) {
            cluster.await(
                    "the turns of the undisturbed job",
                    LIMIT,
                    () -> !read(reader, published).isEmpty() && reader.atEnd());
        }
        return published;
    }

    private static List<String> arguments(EmbeddedBroker broker, String group, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "-Dkafka.bootstrap.servers=" + broker.bootstrapServers(),
                "-Dinput.group-id=" + group,
                "-Dinput.start=earliest",
                "-Dmodel.path=" + DemoModel.MODEL.toAbsolutePath().normalize(),
                "-Dexecution.checkpointing.interval=500ms"));
        arguments.addAll(List.of(more));
        return arguments;
    }

    private static CompletableFuture<Void> play(EmbeddedBroker broker) throws IOException {
        List<CallSegments> calls = List.of(segments("call-1-late-order"), segments("call-3-broken-router"));
        CallPlayer player = new CallPlayer(
                broker.bootstrapServers(), Topics.AUDIO_SEGMENTS, EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES);
        return CompletableFuture.runAsync(() -> {
            try {
                player.play(calls, Pace.times(SPEED));
                for (CallSegments call : calls) {
                    call.close();
                }
            } catch (IOException | InterruptedException e) {
                throw new CompletionException(e);
            }
        });
    }

    private static CallSegments segments(String name) throws IOException {
        Call call = new Call("test", name, 0, List.of(ChannelRole.AGENT, ChannelRole.CUSTOMER), null);
        return CallSegments.open(DemoModel.TEST_SET.resolve(name + ".wav"), call, Carriage.TELEPHONE, 250);
    }

    private static PublishedReader reader(EmbeddedBroker broker, String transcripts, String deadLetters) {
        return new PublishedReader(broker.bootstrapServers(), transcripts, deadLetters);
    }

    private static List<Transcript> read(PublishedReader reader, List<Transcript> published) throws IOException {
        PublishedReader.Published more = reader.poll(Duration.ofMillis(200));
        assertThat(more.deadLetters()).isEmpty();
        published.addAll(more.transcripts());
        return published;
    }

    /** All but what differs from run to run; sorted, duplicates kept. */
    private static List<String> facts(List<Transcript> transcripts) {
        return transcripts.stream()
                .map(transcript -> transcript.getCallId() + "/" + transcript.getChannel() + " "
                        + transcript.getStartMs() + ".."
                        + transcript.getEndMs() + " " + transcript.getId() + " " + transcript.getEncoderChecksum() + " "
                        + transcript.getText())
                .sorted(Comparator.naturalOrder())
                .toList();
    }
}
