package io.amanuensis.job.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.UnmodifiableConfiguration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniCluster.HaServices;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.RpcServiceSharing;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Task managers with an NPU and without, in this JVM. Those of Flink's MiniCluster are all alike; here each starts with what the
 * configuration says at that moment. For plugins and processes see {@link StandaloneCluster}.
 */
final class MixedCluster implements AutoCloseable {
    private final Settings settings;
    private final MiniCluster cluster;
    private final RestApi rest;

    private MixedCluster(Settings settings, MiniCluster cluster, RestApi rest) {
        this.settings = settings;
        this.cluster = cluster;
        this.rest = rest;
    }

    static MixedCluster start(Path folder) throws Exception {
        Settings settings = new Settings(options(folder));
        MiniCluster cluster = new MiniCluster(settings);
        cluster.start();
        return new MixedCluster(
                settings, cluster, new RestApi(cluster.getRestAddress().get().getPort()));
    }

    RestApi rest() {
        return rest;
    }

    StreamExecutionEnvironment environment(Configuration job) {
        return StreamExecutionEnvironment.createRemoteEnvironment("localhost", rest.port(), job);
    }

    /** @param resource of which it offers one hundred */
    void startTaskManager(String resource) throws Exception {
        settings.offered = resource;
        cluster.startTaskManager();
    }

    /** @return by the id of each task manager the resource that it offers */
    Map<String, String> offers() throws IOException, InterruptedException {
        Map<String, String> offers = new HashMap<>();
        for (JsonNode taskManager : rest.get("/taskmanagers").get("taskmanagers")) {
            offers.put(
                    taskManager.get("id").asText(),
                    taskManager
                            .get("totalResource")
                            .get("extendedResources")
                            .fieldNames()
                            .next());
        }
        return offers;
    }

    @Override
    public void close() throws Exception {
        cluster.close();
    }

    private static Map<String, String> options(Path folder) {
        Map<String, String> options = new HashMap<>(Map.of(
                "rest.address", "localhost",
                "rest.bind-port", "0",
                "web.refresh-interval", "100",
                "io.tmp.dirs", folder.toString(),
                "taskmanager.numberOfTaskSlots", "2",
                "taskmanager.cpu.cores", "2",
                "taskmanager.memory.task.heap.size", "256m",
                "taskmanager.memory.task.off-heap.size", "256m",
                "taskmanager.memory.managed.size", "64m"));
        options.putAll(Map.of(
                "taskmanager.memory.network.min", "16m",
                "taskmanager.memory.network.max", "16m",
                "taskmanager.memory.framework.heap.size", "64m",
                "taskmanager.memory.framework.off-heap.size", "64m",
                "taskmanager.memory.jvm-metaspace.size", "128m",
                "taskmanager.memory.jvm-overhead.min", "128m",
                "taskmanager.memory.jvm-overhead.max", "128m"));
        return options;
    }

    private static final class Settings extends MiniClusterConfiguration {
        private volatile String offered;

        Settings(Map<String, String> options) {
            super(Configuration.fromMap(options), 0, RpcServiceSharing.SHARED, null, HaServices.CONFIGURED, null);
        }

        @Override
        public UnmodifiableConfiguration getConfiguration() {
            Configuration now = new Configuration(super.getConfiguration());
            if (offered != null) {
                now.setString("external-resources", offered);
                now.setString("external-resource." + offered + ".amount", "100");
            }
            return new UnmodifiableConfiguration(now);
        }
    }
}
