package io.amanuensis.job.transcribe;

import io.amanuensis.job.JobConfig;
import io.amanuensis.job.JobDefaults;
import io.amanuensis.job.JobOptions;
import io.amanuensis.job.Topology;
import io.amanuensis.job.placement.Placement;
import io.amanuensis.operators.Uids;
import io.amanuensis.operators.read.ReadRecord;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.Transcript;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** Runs the job's topology over recordings and ends with them. */
public final class FileTranscription {
    private static final long POLL_MS = 100;
    static final String RECORDINGS_UID = "recordings";

    private final List<Recording> recordings;
    private final int segmentMs;
    private final Configuration configuration;

    /**
     * @param recordings of different tenants or call ids
     * @param configuration of the job, its model for instance; Kafka's part is not read
     */
    public FileTranscription(List<Recording> recordings, int segmentMs, Configuration configuration) {
        this.recordings = List.copyOf(recordings);
        this.segmentMs = segmentMs;
        this.configuration = forOneRun(configuration);
    }

    /**
     * Transcribes all recordings; returns when all is handed over. Both receivers are called by this thread, for each recording
     * in the order of its time.
     *
     * @throws ExecutionException if the job fails; the cause may be an {@link io.amanuensis.job.files.AudioFileException}
     * @throws IllegalArgumentException if the configuration is not legal
     */
    public void run(Consumer<Transcript> onTranscript, Consumer<DeadLetter> onDeadLetter)
            throws ExecutionException, InterruptedException {
        try (LocalResults results = new LocalResults()) {
            CompletableFuture<JobExecutionResult> ended = submit(results).getJobExecutionResult();
            BlockingQueue<Object> queue = results.queue();
            while (!ended.isDone() || !queue.isEmpty()) {
                Object result = queue.poll(POLL_MS, TimeUnit.MILLISECONDS);
                if (result instanceof Transcript transcript) {
                    onTranscript.accept(transcript);
                } else if (result instanceof DeadLetter deadLetter) {
                    onDeadLetter.accept(deadLetter);
                }
            }
            ended.get();
        }
    }

    private JobClient submit(LocalResults results) throws ExecutionException {
        try {
            return environment(results).executeAsync("amanuensis transcribe");
        } catch (Exception e) {
            throw new ExecutionException("the job cannot be started", e);
        }
    }

    /** The job before it is started: the stages of the job on Kafka, between another source and other sinks. */
    StreamExecutionEnvironment environment(LocalResults results) {
        int cores = Runtime.getRuntime().availableProcessors();
        JobConfig config = JobConfig.from(configuration);
        config.placement().ifPresent(placement -> placement.offer(configuration, cores));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(cores, configuration);
        DataStream<ReadRecord> read = env.fromSequence(0, recordings.size() - 1)
                .setParallelism(1)
                .uid(RECORDINGS_UID)
                .rebalance()
                .flatMap(new ReadRecordings(recordings, segmentMs))
                .returns(ReadRecord.class)
                .name(Uids.READ)
                .uid(Uids.READ);
        Topology.Outputs outputs = Topology.append(read, config);
        outputs.transcripts().sinkTo(results.sink()).uid(Uids.PUBLISH_TRANSCRIPTS);
        outputs.deadLetters().sinkTo(results.sink()).uid(Uids.PUBLISH_DEAD_LETTERS);
        outputs.partials().sinkTo(new DiscardingSink<>()).uid(Uids.PUBLISH_PARTIALS);
        outputs.calls().sinkTo(new DiscardingSink<>()).uid(Uids.PUBLISH_CALLS);
        outputs.suppressed().sinkTo(new DiscardingSink<>()).uid(Uids.PUBLISH_SUPPRESSED);
        outputs.parked() // each is a dead letter as well
                .sinkTo(new DiscardingSink<>())
                .uid(Uids.PUBLISH_RETRY)
                .slotSharingGroup(Placement.CPU_GROUP);
        return env;
    }

    /** Whoever transcribes a file starts again if it fails: no checkpoints, no restarts, state on the heap. */
    private static Configuration forOneRun(Configuration given) {
        Configuration configuration = JobDefaults.under(given);
        configuration.removeConfig(CheckpointingOptions.CHECKPOINTING_INTERVAL);
        configuration.removeConfig(CheckpointingOptions.CHECKPOINTING_INTERVAL_DURING_BACKLOG);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
        configuration.set(JobOptions.PARTIALS_ENABLED, false);
        return configuration;
    }
}
