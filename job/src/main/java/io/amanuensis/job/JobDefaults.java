package io.amanuensis.job;

import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.CheckpointingMode;

/** What the job sets of Flink's own options unless the operator does. */
public final class JobDefaults {
    /** A checkpoint costs as much as the text of a dozen seconds of sound: in a backlog that is a few of a hundred. */
    private static final Duration DURING_BACKLOG = Duration.ofSeconds(10);

    private JobDefaults() {}

    /** The job's defaults with {@code given} on top. */
    public static Configuration under(Configuration given) {
        Configuration configuration = new Configuration();
        // Read-committed consumers see transcripts at the next checkpoint: this is the latency of publishing.
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(2));
        configuration.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
        // A barrier that meets a full encoder overtakes the windows before it instead of waiting for them.
        configuration.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
        configuration.set(CheckpointingOptions.ALIGNED_CHECKPOINT_TIMEOUT, Duration.ofMillis(500));
        configuration.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        // Sound waiting for its utterance to end outgrows a heap with many calls; incremental checkpoints stay small.
        configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        // Never give up: an outage ends in a restart, and delays grow so that a broken installation does not spin.
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, Duration.ofSeconds(1));
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, Duration.ofMinutes(1));
        configuration.addAll(given);
        if (!given.contains(CheckpointingOptions.CHECKPOINTING_INTERVAL_DURING_BACKLOG)) {
            Duration interval = configuration.get(CheckpointingOptions.CHECKPOINTING_INTERVAL);
            configuration.set(
                    CheckpointingOptions.CHECKPOINTING_INTERVAL_DURING_BACKLOG,
                    interval.compareTo(DURING_BACKLOG) > 0 ? interval : DURING_BACKLOG); // less is an error of Flink's
        }
        // Not for the operator to choose: state must be found again, and no element may fall back to Kryo.
        configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        return configuration;
    }
}
