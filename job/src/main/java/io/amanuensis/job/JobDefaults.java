package io.amanuensis.job;

import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
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
        Configuration configuration = new Configuration(given);
        // Read-committed consumers see transcripts at the next checkpoint: this is the latency of publishing.
        orElse(configuration, CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(2));
        orElse(configuration, CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
        // A barrier that meets a full encoder overtakes the windows before it instead of waiting for them.
        orElse(configuration, CheckpointingOptions.ENABLE_UNALIGNED, true);
        orElse(configuration, CheckpointingOptions.ALIGNED_CHECKPOINT_TIMEOUT, Duration.ofMillis(500));
        orElse(
                configuration,
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        // Sound waiting for its utterance to end outgrows a heap with many calls; incremental checkpoints stay small.
        orElse(configuration, StateBackendOptions.STATE_BACKEND, "rocksdb");
        orElse(configuration, CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        // Never give up: an outage ends in a restart, and delays grow so that a broken installation does not spin.
        orElse(configuration, RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        orElse(
                configuration,
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
                Duration.ofSeconds(1));
        orElse(
                configuration,
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
                Duration.ofMinutes(1));
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

    /** Where the operator has set the option neither by its key nor by one that it had in former versions of Flink. */
    private static <T> void orElse(Configuration configuration, ConfigOption<T> option, T value) {
        if (!configuration.contains(option)) {
            configuration.set(option, value);
        }
    }
}
