package io.amanuensis.job.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.JobConfig;
import io.amanuensis.job.TranscriptionJob;
import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A native call that takes five seconds holds up neither checkpoints nor the batches behind it, even when no more fit. */
class HeldCallTest {
    private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();
    private static final int BATCH_SIZE = 2;
    private static final int IN_FLIGHT_BATCHES = 3;

    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(1)
            .setConfiguration(METRICS.addToConfiguration(new Configuration()))
            .build());

    @Test
    void checkpointsCompleteAndAnotherBatchFillsMeanwhile(@InjectMiniCluster MiniCluster cluster) throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            Call call = new Call("acme", "call", 0, List.of(), null);
            try (CallSegments segments = CallSegments.open(
                    KafkaFixture.TEST_SET.resolve("call-1-late-order.wav"), call, Carriage.PCM, 250)) {
                kafka.produce(segments);
            }
            JobClient job = submit(kafka);
            try {
                CommonTestUtils.waitUntilCondition(() -> inFlight(job) > IN_FLIGHT_BATCHES * BATCH_SIZE);
                long before = checkpoints(cluster, job.getJobID());
                CommonTestUtils.waitUntilCondition(() -> checkpoints(cluster, job.getJobID()) >= before + 2);

                assertThat(batchesDone(job)).as("the first call is still held").isZero();
            } finally {
                job.cancel().get();
                CommonTestUtils.waitUntilCondition(
                        () -> job.getJobStatus().get().isGloballyTerminalState());
            }
        }
    }

    private static JobClient submit(KafkaFixture kafka) throws Exception {
        Configuration configuration = kafka.configuration(Map.of(
                "input.bounded", "false",
                "model.back-end", "echo",
                "model.echo-hold", "5 s",
                "encode.batch-size", Integer.toString(BATCH_SIZE),
                "engine.in-flight-batches", Integer.toString(IN_FLIGHT_BATCHES),
                "execution.checkpointing.interval", "200 ms"));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(1);
        TranscriptionJob.onKafka(env, JobConfig.from(configuration));
        return env.executeAsync("held call");
    }

    private static long checkpoints(MiniCluster cluster, JobID job) throws Exception {
        return cluster.getExecutionGraph(job)
                .get()
                .getCheckpointStatsSnapshot()
                .getCounts()
                .getNumberOfCompletedCheckpoints();
    }

    private static long inFlight(JobClient job) {
        return metric(job, "encode.inflightRecords") instanceof Gauge<?> gauge
                ? ((Number) gauge.getValue()).longValue()
                : 0;
    }

    private static long batchesDone(JobClient job) {
        return ((Counter) metric(job, "encode.totalBatchesProcessed")).getCount();
    }

    private static Metric metric(JobClient job, String name) {
        return METRICS.findMetrics(job.getJobID(), name).values().stream()
                .findFirst()
                .orElse(null);
    }
}
