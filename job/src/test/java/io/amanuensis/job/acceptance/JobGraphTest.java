package io.amanuensis.job.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.JobConfig;
import io.amanuensis.job.JobDefaults;
import io.amanuensis.job.TranscriptionJob;
import io.amanuensis.operators.Uids;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

/** The names that savepoints depend on. */
class JobGraphTest {
    /** What stands here has been in savepoints: entries are added, never changed. */
    private static final List<String> UIDS = List.of(
            "read",
            "fetch",
            "sequence",
            "decode-audio",
            "find-speech",
            "featurize",
            "encode",
            "decode",
            "align",
            "unpack",
            "guard",
            "assemble",
            "account",
            "publish-transcripts",
            "publish-calls",
            "publish-suppressed",
            "publish-dead-letters",
            "hypothesize",
            "partials",
            "publish-partials",
            "publish-retry",
            "read-replayed",
            "amend");

    private static final List<String> RETRY_UIDS = List.of(
            "read-retry",
            "unpark",
            "featurize",
            "encode",
            "decode",
            "align",
            "unpack",
            "guard",
            "settle",
            "publish-transcripts",
            "publish-suppressed",
            "publish-dead-letters",
            "publish-retry",
            "publish-replayed");

    /** Only windows that wait for a device are parked. */
    private static final List<String> WITH_PARKING = List.of("read-replayed", "amend");

    @Test
    void uidsAreTheCheckedInOnes() {
        assertThat(Uids.ALL).isEqualTo(UIDS);
        assertUids(graph(Map.of("model.back-end", "npu", "npu.device", "echo")), UIDS);
        List<String> withoutParking =
                UIDS.stream().filter(uid -> !WITH_PARKING.contains(uid)).toList();
        assertUids(graph(Map.of()), withoutParking);
        assertUids(graph(Map.of("model.back-end", "auto", "npu.device", "echo")), withoutParking);
        assertThat(Uids.RETRY).isEqualTo(RETRY_UIDS);
        assertUids(graph(Map.of("retry.replay", "true")), RETRY_UIDS);
    }

    private static void assertUids(StreamGraph graph, List<String> uids) {
        assertThat(graph.getStreamNodes())
                .filteredOn(node -> !node.getOperatorName().contains("Committer"))
                .extracting(StreamNode::getTransformationUID)
                .containsExactlyInAnyOrderElementsOf(uids);
    }

    @Test
    void peopleSeeTheStagesByTheirNames() {
        assertThat(graph(Map.of()).getStreamNodes())
                .extracting(StreamNode::getOperatorName)
                .allSatisfy(name ->
                        assertThat(UIDS).anySatisfy(uid -> assertThat(name).contains(uid)));
    }

    private static StreamGraph graph(Map<String, String> options) {
        Map<String, String> all = new HashMap<>(Map.of(
                "kafka.bootstrap.servers", "nowhere:9092",
                "reference.allowed-prefixes", "file:///calls/",
                "model.back-end", "echo"));
        all.putAll(options);
        Configuration configuration = JobDefaults.under(Configuration.fromMap(all));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        TranscriptionJob.onKafka(env, JobConfig.from(configuration));
        return env.getStreamGraph();
    }
}
