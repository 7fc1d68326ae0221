package io.amanuensis.job.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.amanuensis.job.JobConfig;
import io.amanuensis.job.JobDefaults;
import io.amanuensis.job.Topology;
import io.amanuensis.job.placement.Placement;
import io.amanuensis.operators.Uids;
import io.amanuensis.operators.read.ReadRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stages come to the task managers that they need, whichever starts first. */
@Timeout(120)
class MixedClusterTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onlyFeaturizeAndEncodeComeToTheNpu(boolean npuFirst) throws Exception {
        try (MixedCluster cluster = MixedCluster.start(folder)) {
            cluster.startTaskManager(npuFirst ? "npu" : "cpu-slot");
            String job = submit(cluster);
            Deadline.in(LIMIT).await("the job to wait", () -> state(cluster, job), state -> state.equals("RUNNING"));
            assertThat(assertPlaced(cluster, job)).as("tasks that wait").isPositive();
            cluster.startTaskManager(npuFirst ? "cpu-slot" : "npu");

            Deadline.in(LIMIT)
                    .await("the end of the job", () -> state(cluster, job), state -> state.equals("FINISHED"));

            assertThat(assertPlaced(cluster, job))
                    .as("tasks without task manager")
                    .isZero();
        }
    }

    /** @return how many tasks have no task manager yet */
    private static int assertPlaced(MixedCluster cluster, String job) throws Exception {
        Map<String, String> offers = cluster.offers();
        int waiting = 0;
        for (JsonNode vertex : cluster.rest().get("/jobs/" + job).get("vertices")) {
            String name = vertex.get("name").asText();
            for (String taskManager : taskManagers(cluster, job, vertex)) {
                if (taskManager.startsWith("(")) {
                    waiting++;
                } else {
                    assertThat(offers.get(taskManager))
                            .as(name)
                            .isEqualTo(name.contains(Uids.ENCODE) ? "npu" : "cpu-slot");
                }
            }
        }
        return waiting;
    }

    /** The job on no input at all: what counts is where its tasks come to. */
    private static String submit(MixedCluster cluster) throws Exception {
        Configuration configuration = JobDefaults.under(Configuration.fromMap(Map.of(
                "model.back-end", "npu",
                "npu.device", "echo",
                "npu.slot.heap", "64 mb",
                "npu.slot.off-heap", "64 mb",
                "cpu.slot.heap", "128 mb",
                "cpu.slot.off-heap", "128 mb",
                "cpu.slot.managed", "48 mb",
                "cpu.slot.resource-name", "cpu-slot",
                "parallelism.default", "1",
                "state.backend.type", "hashmap")));
        StreamExecutionEnvironment env = cluster.environment(configuration);
        DataStream<ReadRecord> read = env.fromSource(
                        new NumberSequenceSource(0, 0), WatermarkStrategy.noWatermarks(), "numbers")
                .uid("numbers")
                .flatMap((Long number, Collector<ReadRecord> out) -> {})
                .returns(ReadRecord.class)
                .uid(Uids.READ);
        Topology.Outputs outputs = Topology.append(read, JobConfig.from(configuration));
        outputs.transcripts().sinkTo(new DiscardingSink<>()).uid(Uids.PUBLISH_TRANSCRIPTS);
        outputs.partials().sinkTo(new DiscardingSink<>()).uid(Uids.PUBLISH_PARTIALS);
        outputs.calls().sinkTo(new DiscardingSink<>()).uid(Uids.PUBLISH_CALLS);
        outputs.suppressed().sinkTo(new DiscardingSink<>()).uid(Uids.PUBLISH_SUPPRESSED);
        outputs.deadLetters().sinkTo(new DiscardingSink<>()).uid(Uids.PUBLISH_DEAD_LETTERS);
        outputs.parked().sinkTo(new DiscardingSink<>()).uid(Uids.PUBLISH_RETRY).slotSharingGroup(Placement.CPU_GROUP);
        return env.executeAsync("placed").getJobID().toHexString();
    }

    private static String state(MixedCluster cluster, String job) throws Exception {
        return cluster.rest().get("/jobs/" + job).get("state").asText();
    }

    private static List<String> taskManagers(MixedCluster cluster, String job, JsonNode vertex) throws Exception {
        return cluster.rest()
                .get("/jobs/" + job + "/vertices/" + vertex.get("id").asText())
                .get("subtasks")
                .findValuesAsText("taskmanager-id");
    }
}
