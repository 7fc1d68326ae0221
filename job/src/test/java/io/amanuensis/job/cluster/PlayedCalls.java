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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A broker, two calls to play to it, and what jobs that hear them publish, each on topics of its own. */
final class PlayedCalls implements AutoCloseable {
    private static final int PARTITIONS = 2;

    private final EmbeddedBroker broker;

    private PlayedCalls(EmbeddedBroker broker) {
        this.broker = broker;
    }

    /** @param jobs their names, which are those of their consumer groups and the beginnings of their topics */
    static PlayedCalls start(String... jobs) throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES);
        List<String> topics = new ArrayList<>(List.of(
                Topics.AUDIO_SEGMENTS,
                Topics.PARTIALS,
                Topics.CALLS,
                Topics.SUPPRESSED,
                Topics.RETRY,
                Topics.REPLAYED));
        for (String job : jobs) {
            topics.addAll(List.of(transcripts(job), deadLetters(job)));
        }
        TopicAdmin.createMissing(
                broker.bootstrapServers(), PARTITIONS, EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES, topics);
        return new PlayedCalls(broker);
    }

    /** Arguments of a job that hears all calls from their beginnings. */
    List<String> arguments(String job, List<String> more) {
        List<String> arguments = new ArrayList<>(List.of(
                "-Dkafka.bootstrap.servers=" + broker.bootstrapServers(),
                "-Dinput.group-id=" + job,
                "-Dinput.start=earliest",
                "-Dtranscripts.topic=" + transcripts(job),
                "-Ddead-letters.topic=" + deadLetters(job),
                "-Dexecution.checkpointing.interval=500ms"));
        arguments.addAll(more);
        return arguments;
    }

    /** @return completed when all of both calls has been sent */
    CompletableFuture<Void> play(Pace pace) throws IOException {
        List<CallSegments> calls = List.of(segments("call-1-late-order"), segments("call-3-broken-router"));
        CallPlayer player = new CallPlayer(
                broker.bootstrapServers(), Topics.AUDIO_SEGMENTS, EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES);
        return CompletableFuture.runAsync(() -> {
            try {
                player.play(calls, pace);
                for (CallSegments call : calls) {
                    call.close();
                }
            } catch (IOException | InterruptedException e) {
                throw new CompletionException(e);
            }
        });
    }

    PublishedReader reader(String job) {
        return new PublishedReader(broker.bootstrapServers(), transcripts(job), deadLetters(job));
    }

    /** Adds what has come to {@code published}. */
    static List<Transcript> read(PublishedReader reader, List<Transcript> published) throws IOException {
        PublishedReader.Published more = reader.poll(Duration.ofMillis(200));
        assertThat(more.deadLetters()).isEmpty();
        published.addAll(more.transcripts());
        return published;
    }

    /**
     * Lets a job hear the calls to their ends, drains it, and adds what it still publishes to {@code published}.
     *
     * @param played as {@link #play} has returned
     */
    void finish(
            String name,
            String job,
            CompletableFuture<Void> played,
            StandaloneCluster cluster,
            PublishedReader reader,
            List<Transcript> published,
            Duration limit)
            throws Exception {
        cluster.awaitRunning(job, limit);
        played.join();
        awaitInputRead(name, cluster, limit);
        cluster.drain(job, limit);
        assertThat(cluster.awaitEnd(job, limit)).isEqualTo("FINISHED");
        cluster.await(
                "the end of the published turns",
                limit,
                () -> !read(reader, published).isEmpty() && reader.atEnd());
    }

    /** What a job that nobody disturbs publishes of the calls that have been played. */
    List<String> undisturbedFacts(String name, String model, StandaloneCluster cluster, Duration limit)
            throws Exception {
        String job = cluster.runJob(arguments(name, List.of(model, "-Dinput.bounded=true", "-Dparallelism.default=1")));
        assertThat(cluster.awaitEnd(job, limit)).isEqualTo("FINISHED");
        return facts(published(name, cluster, limit));
    }

    /** Everything that a job which has ended has published. */
    List<Transcript> published(String job, StandaloneCluster cluster, Duration limit) throws Exception {
        List<Transcript> published = new ArrayList<>();
        try (PublishedReader reader = reader(job)) {
            cluster.await(
                    "the end of what " + job + " has published",
                    limit,
                    () -> !read(reader, published).isEmpty() && reader.atEnd());
        }
        return published;
    }

    /** A drain ends the sources where they are: what they have not read yet would be missing. */
    void awaitInputRead(String job, StandaloneCluster cluster, Duration limit) throws Exception {
        try (InputProgress input = new InputProgress(broker.bootstrapServers(), Topics.AUDIO_SEGMENTS, job)) {
            cluster.await("the job to read its input", limit, () -> input.recordsLeft() == 0);
        }
    }

    /** All but what differs from run to run; sorted, duplicates kept. */
    static List<String> facts(List<Transcript> transcripts) {
        return transcripts.stream()
                .map(transcript -> transcript.getCallId() + "/" + transcript.getChannel() + " "
                        + transcript.getStartMs() + ".."
                        + transcript.getEndMs() + " " + transcript.getId() + " " + transcript.getEncoderChecksum() + " "
                        + transcript.getText())
                .sorted(Comparator.naturalOrder())
                .toList();
    }

    @Override
    public void close() throws Exception {
        broker.close();
    }

    private static CallSegments segments(String name) throws IOException {
        Call call = new Call("test", name, 0, List.of(ChannelRole.AGENT, ChannelRole.CUSTOMER), null);
        return CallSegments.open(DemoModel.TEST_SET.resolve(name + ".wav"), call, Carriage.TELEPHONE, 250);
    }

    private static String transcripts(String job) {
        return job + ".transcripts";
    }

    private static String deadLetters(String job) {
        return job + ".dead-letters";
    }
}
