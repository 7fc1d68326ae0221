package io.amanuensis.job.cluster;

import io.amanuensis.job.npuplugin.NpuDriverFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.externalresource.ExternalResourceDriverFactory;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.plugin.PluginManager;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Task managers with an NPU and without, in this JVM, which Flink's own MiniCluster cannot have: its task managers are all alike.
 * Takes seconds; for what separate processes add see {@link StandaloneCluster}.
 */
final class MixedCluster implements AutoCloseable {
    private final StandaloneSessionClusterEntrypoint jobManager;
    private final Path folder;
    private final List<TaskManagerRunner> taskManagers = new ArrayList<>();

    private MixedCluster(StandaloneSessionClusterEntrypoint jobManager, Path folder) {
        this.jobManager = jobManager;
        this.folder = folder;
    }

    static MixedCluster start(Path folder) throws Exception {
        StandaloneSessionClusterEntrypoint jobManager =
                new StandaloneSessionClusterEntrypoint(Configuration.fromMap(Map.of(
                        "jobmanager.rpc.address", "localhost",
                        "jobmanager.rpc.port", "0",
                        "rest.address", "localhost",
                        "rest.bind-port", "0",
                        "web.refresh-interval", "100",
                        "io.tmp.dirs", folder.toString())));
        jobManager.startCluster();
        return new MixedCluster(jobManager, folder);
    }

    RestApi rest() {
        return new RestApi(jobManager.getRestPort());
    }

    StreamExecutionEnvironment environment(Configuration job) {
        return StreamExecutionEnvironment.createRemoteEnvironment("localhost", jobManager.getRestPort(), job);
    }

    /** @param name its id */
    void startCpu(String name) throws Exception {
        startTaskManager(name, Map.of("external-resources", "cpu-slot", "external-resource.cpu-slot.amount", "100"));
    }

    /** @param sysfs where its plugin finds the NPU */
    void startNpu(String name, Path sysfs) throws Exception {
        startTaskManager(
                name,
                Map.of(
                        "external-resources",
                        "npu",
                        "external-resource.npu.amount",
                        "1",
                        "external-resource.npu.driver-factory.class",
                        NpuDriverFactory.class.getName(),
                        "external-resource.npu.param.sysfs-root",
                        sysfs.toString()));
    }

    private void startTaskManager(String name, Map<String, String> resources) throws Exception {
        Map<String, String> options = new HashMap<>(Map.of(
                "jobmanager.rpc.address", "localhost",
                "jobmanager.rpc.port", Integer.toString(jobManager.getRpcPort()),
                "taskmanager.host", "localhost",
                "taskmanager.resource-id", name,
                "taskmanager.numberOfTaskSlots", "2",
                "io.tmp.dirs", folder.toString(),
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
        options.putAll(resources);
        TaskManagerRunner taskManager = new TaskManagerRunner(
                Configuration.fromMap(options), new OnePlugin(), TaskManagerRunner::createTaskExecutorService);
        taskManagers.add(taskManager);
        taskManager.start();
    }

    @Override
    public void close() throws Exception {
        for (TaskManagerRunner taskManager : taskManagers) {
            taskManager.close();
        }
        jobManager.closeAsync().get();
    }

    /** What the plugins folder of a process would hold. */
    private static final class OnePlugin implements PluginManager {
        @Override
        public <P> Iterator<P> load(Class<P> service) {
            return service == ExternalResourceDriverFactory.class
                    ? List.of(service.cast(new NpuDriverFactory())).iterator()
                    : List.<P>of().iterator();
        }
    }
}
