package io.amanuensis.job.placement;

import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.SchedulerExecutionMode;

/** Which of Flink's schedulers give a slot the resources that it asks for. */
public final class Schedulers {
    private Schedulers() {}

    /**
     * The adaptive scheduler asks for any slots, and so puts the encoder on task managers without an NPU.
     *
     * @param cluster as far as it is known here
     * @throws IllegalArgumentException if that is the cluster's scheduler
     */
    public static void requireOneThatHeedsResources(ReadableConfig cluster) {
        if (cluster.get(JobManagerOptions.SCHEDULER_MODE) == SchedulerExecutionMode.REACTIVE) {
            throw refused(JobManagerOptions.SCHEDULER_MODE.key() + ": reactive");
        }
        if (cluster.get(JobManagerOptions.SCHEDULER) == JobManagerOptions.SchedulerType.Adaptive) {
            throw refused(JobManagerOptions.SCHEDULER.key() + ": adaptive");
        }
    }

    private static IllegalArgumentException refused(String setting) {
        return new IllegalArgumentException(
                "model.back-end is npu and the cluster has %s, which ignores what slots ask for and would put the encoder on task managers without an NPU. Set %s: default on the job manager, or model.back-end: auto"
                        .formatted(setting, JobManagerOptions.SCHEDULER.key()));
    }
}
