package io.amanuensis.job.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.amanuensis.job.JobConfig;
import io.amanuensis.job.JobDefaults;
import io.amanuensis.job.TranscriptionJob;
import io.amanuensis.operators.Uids;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.api.common.resources.ExternalResource;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.runtime.clusterframework.types.ResourceProfile;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the job asks of task managers, by its graph. */
class PlacementTest {
    private static final List<String> BESIDE_THE_NPU = List.of(Uids.FEATURIZE, Uids.ENCODE);

    @Test
    void onlyFeaturizeAndEncodeAreBesideAnNpu() {
        StreamGraph graph = graph(Map.of("model.back-end", "npu", "npu.parallelism", "3", "parallelism.default", "2"));

        for (StreamNode node : graph.getStreamNodes()) {
            boolean beside = BESIDE_THE_NPU.contains(node.getTransformationUID());
            assertThat(node.getSlotSharingGroup())
                    .as(node.getOperatorName())
                    .isEqualTo(beside ? Placement.NPU_GROUP : Placement.CPU_GROUP);
            assertThat(node.getParallelism()).as(node.getOperatorName()).isEqualTo(beside ? 3 : 2);
        }
        assertThat(graph.getStreamNodes())
                .extracting(StreamNode::getTransformationUID)
                .containsAll(BESIDE_THE_NPU);
    }

    /** What a group is not told is zero to Flink, and a group without a profile takes its share of the NPUs. */
    @Test
    void eachGroupSaysAllThatItNeeds() {
        StreamGraph graph = graph(Map.of(
                "model.back-end", "npu",
                "npu.resource-amount", "0.5",
                "npu.slot.cores", "0.25",
                "npu.slot.heap", "65 mb",
                "npu.slot.off-heap", "66 mb",
                "npu.slot.managed", "67 mb",
                "cpu.slot.cores", "0.75",
                "cpu.slot.heap", "85 mb",
                "cpu.slot.off-heap", "86 mb",
                "cpu.slot.managed", "87 mb"));

        assertThat(profile(graph, Placement.NPU_GROUP))
                .isEqualTo(ResourceProfile.newBuilder()
                        .setCpuCores(0.25)
                        .setTaskHeapMemory(MemorySize.ofMebiBytes(65))
                        .setTaskOffHeapMemory(MemorySize.ofMebiBytes(66))
                        .setManagedMemory(MemorySize.ofMebiBytes(67))
                        .setExtendedResource(new ExternalResource("npu", 0.5))
                        .build());
        assertThat(profile(graph, Placement.CPU_GROUP))
                .isEqualTo(ResourceProfile.newBuilder()
                        .setCpuCores(0.75)
                        .setTaskHeapMemory(MemorySize.ofMebiBytes(85))
                        .setTaskOffHeapMemory(MemorySize.ofMebiBytes(86))
                        .setManagedMemory(MemorySize.ofMebiBytes(87))
                        .build());
        assertThat(groups(graph)).containsExactlyInAnyOrder(Placement.NPU_GROUP, Placement.CPU_GROUP);
    }

    @Test
    void otherStagesCanBeKeptOffTheNpusTaskManagers() {
        StreamGraph graph = graph(
                Map.of("model.back-end", "npu", "npu.resource-name", "xdna", "cpu.slot.resource-name", "cpu-slot"));

        assertThat(profile(graph, Placement.NPU_GROUP).getExtendedResources()).containsOnlyKeys("xdna");
        assertThat(profile(graph, Placement.CPU_GROUP).getExtendedResources()).containsOnlyKeys("cpu-slot");
    }

    @ParameterizedTest
    @CsvSource({"echo", "auto"})
    void noOtherBackEndAsksForAnything(String backEnd) {
        StreamGraph graph = graph(Map.of("model.back-end", backEnd));

        assertThat(groups(graph)).containsExactly(Placement.CPU_GROUP);
        assertThat(graph.getSlotSharingGroupResource(Placement.CPU_GROUP)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"jobmanager.scheduler, adaptive", "scheduler-mode, reactive"})
    void aSchedulerThatIgnoresResourcesIsRefused(String key, String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> graph(Map.of("model.back-end", "npu", key, value)))
                .withMessageContaining(key + ": " + value)
                .withMessageContaining("jobmanager.scheduler: default");
        graph(Map.of("model.back-end", "auto", key, value));
    }

    @ParameterizedTest
    @CsvSource({
        "npu.resource-amount, 1.5, above 0",
        "npu.parallelism, 0, 1 to",
        "npu.slot.cores, 0, above 0",
        "cpu.slot.managed, 0 mb, above 0",
        "npu.run-timeout, 2 s, longer than 2 s",
        "npu.device, cuda, 'xrt, emulated, echo'"
    })
    void senselessValuesAreNamed(String key, String value, String legal) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> graph(Map.of("model.back-end", "npu", key, value)))
                .withMessageStartingWith(key + " is ")
                .withMessageContaining(legal);
    }

    private static List<String> groups(StreamGraph graph) {
        return graph.getStreamNodes().stream()
                .map(StreamNode::getSlotSharingGroup)
                .distinct()
                .collect(Collectors.toList());
    }

    private static ResourceProfile profile(StreamGraph graph, String group) {
        return graph.getSlotSharingGroupResource(group).orElseThrow();
    }

    private static StreamGraph graph(Map<String, String> options) {
        Map<String, String> all =
                new HashMap<>(Map.of("kafka.bootstrap.servers", "nowhere:9092", "npu.device", "echo"));
        all.putAll(options);
        Configuration configuration = JobDefaults.under(Configuration.fromMap(all));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        TranscriptionJob.onKafka(env, JobConfig.from(configuration));
        return env.getStreamGraph();
    }
}
