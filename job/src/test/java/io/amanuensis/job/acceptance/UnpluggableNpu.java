package io.amanuensis.job.acceptance;

import io.amanuensis.job.JobConfig;
import io.amanuensis.job.TranscriptionJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The emulated NPU of jobs on a cluster of their own each, and what shall be wrong with it. */
final class UnpluggableNpu {
    static final String NAME = "npu-emulated";

    private final InMemoryReporter metrics = InMemoryReporter.createWithRetainedMetrics();
    private final Path directory;

    /** @param directory the test's own */
    UnpluggableNpu(Path directory) {
        this.directory = directory;
    }

    /** The emulated device is slower than the CPU: nothing is spilled because of that. */
    static Map<String, String> options(String backEnd) {
        return Map.of(
                "model.back-end", backEnd,
                "npu.device", "emulated",
                "npu.spill-after", "1 h",
                "npu.proof-fraction", "0");
    }

    /** @param openTime also makes the breaker the job's own: breakers of a process are shared by device and settings */
    JobClient submit(KafkaFixture kafka, String backEnd, String openTime, Map<String, String> more) throws Exception {
        Map<String, String> all = new HashMap<>(options(backEnd));
        all.putAll(Map.of(
                "input.bounded", "false",
                "npu.option.fault-file", faults().toString(),
                "npu.breaker-open-time", openTime,
                "encode.batch-size", "1",
                "execution.checkpointing.interval", "200 ms"));
        all.putAll(more);
        Configuration configuration = metrics.addToConfiguration(kafka.configuration(all));
        JobConfig config = JobConfig.from(configuration);
        config.placement().ifPresent(placement -> placement.offer(configuration, 1));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        TranscriptionJob.onKafka(env, config);
        return env.executeAsync("outage");
    }

    /** Returns when the job has ended, however. */
    static void cancel(JobClient job) throws Exception {
        job.cancel().get();
        job.getJobExecutionResult().handle((result, failure) -> null).get();
    }

    /** Read by the emulated device before every command. */
    private Path faults() {
        return directory.resolve("faults");
    }

    void unplug() throws IOException {
        fault("lost");
    }

    void fault(String script) throws IOException {
        Path written = Files.writeString(directory.resolve("faults.new"), script);
        Files.move(written, faults(), StandardCopyOption.ATOMIC_MOVE);
    }

    void plugIn() throws IOException {
        Files.delete(faults());
    }

    /** 0 closed, 1 half-open, 2 open, 3 quarantined. */
    int breakerState(JobClient job) {
        return ((Number) gauge(job, "encode.breakerState")).intValue();
    }

    long checkpoints(JobClient job) {
        return ((Number) gauge(job, "numberOfCompletedCheckpoints")).longValue();
    }

    private Object gauge(JobClient job, String name) {
        return ((Gauge<?>) metrics.findMetrics(job.getJobID(), name)
                        .values()
                        .iterator()
                        .next())
                .getValue();
    }
}
