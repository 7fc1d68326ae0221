package io.amanuensis.job.demo;

import io.amanuensis.job.JobOptions;
import io.amanuensis.job.demo.PublishedReader.Published;
import io.amanuensis.job.embedded.EmbeddedBroker;
import io.amanuensis.job.embedded.EmbeddedFlink;
import io.amanuensis.job.embedded.TopicAdmin;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A broker with the job's topics and a Flink cluster, in this JVM: where demonstrations take place. */
public final class DemoStage implements AutoCloseable {
    /** So that the three calls, each of one partition, spread over the subtasks. */
    private static final int PARTITIONS = 4;

    private final EmbeddedBroker broker;
    private final EmbeddedFlink flink;
    private final Configuration configuration;

    private DemoStage(EmbeddedBroker broker, EmbeddedFlink flink, Configuration configuration) {
        this.broker = broker;
        this.flink = flink;
        this.configuration = configuration;
    }

    /**
     * @param configuration of the job and of the cluster; where Kafka is gets added
     * @throws IOException if the broker or the cluster does not start
     */
    public static DemoStage start(Configuration configuration) throws IOException, InterruptedException {
        EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES);
        try {
            Configuration complete = new Configuration(configuration);
            complete.set(JobOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
            List<String> topics = List.of(
                    complete.get(JobOptions.INPUT_TOPIC),
                    complete.get(JobOptions.TRANSCRIPTS_TOPIC),
                    complete.get(JobOptions.PARTIALS_TOPIC),
                    complete.get(JobOptions.CALLS_TOPIC),
                    complete.get(JobOptions.SUPPRESSED_TOPIC),
                    complete.get(JobOptions.DEAD_LETTERS_TOPIC),
                    complete.get(JobOptions.RETRY_TOPIC),
                    complete.get(JobOptions.RETRY_REPLAYED_TOPIC));
            TopicAdmin.createMissing(
                    broker.bootstrapServers(), PARTITIONS, EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES, topics);
            return new DemoStage(broker, EmbeddedFlink.start(complete), complete);
        } catch (IOException | InterruptedException | RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    public URI webUi() {
        return flink.webUi();
    }

    /**
     * Runs the job over the calls from beginning to end.
     *
     * @param graph adds the job, sources and sinks included, to an environment
     * @param onPublished is shown what is published, as it is, by this thread
     * @throws ExecutionException if the job fails
     * @throws IOException if the calls cannot be read or sent, or nothing moves for two minutes
     */
    public DemoResult run(
            List<DemoCall> calls,
            Pace pace,
            BiConsumer<StreamExecutionEnvironment, Configuration> graph,
            Consumer<Published> onPublished)
            throws IOException, ExecutionException, InterruptedException {
        Demo demo = new Demo(calls, onPublished);
        play(player -> demo.play(player, pace), graph, demo::published);
        return demo.result();
    }

    /** Sends segments to the job's input. */
    @FunctionalInterface
    public interface Play {
        void by(CallPlayer player) throws IOException, InterruptedException;
    }

    /**
     * Runs the job while {@code play} sends it segments, and until nothing is left to come of them.
     *
     * @param play returns when Kafka has all of them; on a thread of its own
     * @param graph adds the job, sources and sinks included, to an environment
     * @param onPublished is shown what is published, as it is, by this thread
     * @throws ExecutionException if the playing or the job fails
     * @throws IOException if nothing moves for two minutes
     */
    public void play(
            Play play, BiConsumer<StreamExecutionEnvironment, Configuration> graph, Consumer<Published> onPublished)
            throws IOException, ExecutionException, InterruptedException {
        String inputTopic = configuration.get(JobOptions.INPUT_TOPIC);
        CallPlayer player = new CallPlayer(bootstrapServers(), inputTopic, EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES);
        try (PublishedReader reader = PublishedReader.of(bootstrapServers(), OutputTopics.of(configuration));
                InputProgress input = new InputProgress(
                        bootstrapServers(), inputTopic, configuration.get(JobOptions.INPUT_GROUP_ID))) {
            JobClient job = submit(graph);
            new PlayedJob(reader, input, job, () -> flink.isRunning(job.getJobID()), onPublished)
                    .run(
                            () -> {
                                play.by(player);
                                return null;
                            },
                            flink.savepointDirectory());
        }
    }

    /**
     * Starts a job.
     *
     * @param graph adds the job, sources and sinks included, to an environment
     * @throws ExecutionException if it cannot be submitted
     */
    public JobClient submit(BiConsumer<StreamExecutionEnvironment, Configuration> graph) throws ExecutionException {
        StreamExecutionEnvironment environment = flink.environment(configuration);
        graph.accept(environment, configuration);
        try {
            return environment.executeAsync("amanuensis");
        } catch (Exception e) {
            throw new ExecutionException("the job cannot be submitted", e);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try {
            flink.close();
        } finally {
            broker.close();
        }
    }
}
