package io.amanuensis.job.embedded;

import io.amanuensis.job.JobConfig;
import io.amanuensis.job.JobOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;

/**
 * A Flink cluster of one task manager with its web UI on localhost, which lives on when a job ends. Jobs are submitted to it as to
 * any remote cluster; their classes are this JVM's. Checkpoints lie in a temporary directory unless the configuration says
 * otherwise. Thread-safe.
 */
public final class EmbeddedFlink implements AutoCloseable {
    /** The UI takes the first free port of these: 8081 is Flink's own. */
    static final String UI_PORTS = "8081-8181";

    private static final long STOP_TIMEOUT_S = 60;

    private final Path directory;
    private final MiniCluster cluster;
    private final URI webUi;

    private EmbeddedFlink(Path directory, MiniCluster cluster, URI webUi) {
        this.directory = directory;
        this.cluster = cluster;
        this.webUi = webUi;
    }

    /**
     * Starts a cluster and returns when it takes jobs.
     *
     * @param configuration of cluster and jobs; what it sets is kept
     * @throws IOException if the cluster does not start, for instance because the configured {@code rest.bind-port} is taken
     */
    public static EmbeddedFlink start(Configuration configuration) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("amanuensis-flink-");
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(withDefaults(configuration, directory))
                .setNumTaskManagers(1)
                // The builder puts its own default over what the configuration says.
                .setNumSlotsPerTaskManager(configuration.get(TaskManagerOptions.NUM_TASK_SLOTS))
                .build());
        try {
            cluster.start();
            return new EmbeddedFlink(
                    directory, cluster, cluster.getRestAddress().get());
        } catch (Exception e) {
            cluster.closeAsync();
            FileUtils.deleteDirectoryQuietly(directory.toFile());
            if (e instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            throw new IOException("cannot start Flink in this JVM: " + rootMessage(e), e);
        }
    }

    public URI webUi() {
        return webUi;
    }

    /** Where jobs put their savepoints; gone after {@link #close}. */
    public String savepointDirectory() {
        return directory.resolve("savepoints").toUri().toString();
    }

    /** An environment whose jobs run here. @param configuration of the job */
    public StreamExecutionEnvironment environment(Configuration configuration) {
        return StreamExecutionEnvironment.createRemoteEnvironment(webUi.getHost(), webUi.getPort(), configuration);
    }

    /** Whether a job runs and each of its tasks does, or has ended. */
    public boolean isRunning(JobID job) {
        AccessExecutionGraph graph = cluster.getExecutionGraph(job).join();
        for (AccessExecutionVertex task : graph.getAllExecutionVertices()) {
            if (task.getExecutionState() != ExecutionState.RUNNING
                    && task.getExecutionState() != ExecutionState.FINISHED) {
                return false;
            }
        }
        return graph.getState() == JobStatus.RUNNING;
    }

    /** Cancels what runs, stops the cluster and deletes its files. */
    @Override
    public void close() throws IOException, InterruptedException {
        try {
            cluster.closeAsync().get(STOP_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("Flink in this JVM did not stop within " + STOP_TIMEOUT_S + " s", e);
        } finally {
            FileUtils.deleteDirectoryQuietly(directory.toFile());
        }
    }

    private static Configuration withDefaults(Configuration configuration, Path directory) {
        Configuration result = new Configuration(configuration);
        result.set(RestOptions.BIND_ADDRESS, "localhost");
        setIfAbsent(result, RestOptions.BIND_PORT, UI_PORTS);
        setIfAbsent(result, WebOptions.SUBMIT_ENABLE, false);
        setIfAbsent(result, CoreOptions.TMP_DIRS, directory.toString());
        setIfAbsent(
                result,
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.resolve("checkpoints").toUri().toString());
        if (configuration.get(JobOptions.MODEL_BACK_END) == JobOptions.BackEnd.NPU) {
            JobConfig.from(configuration)
                    .placement()
                    .ifPresent(
                            placement -> placement.offer(result, configuration.get(TaskManagerOptions.NUM_TASK_SLOTS)));
        }
        return result;
    }

    private static <T> void setIfAbsent(Configuration configuration, ConfigOption<T> option, T value) {
        if (!configuration.contains(option)) {
            configuration.set(option, value);
        }
    }

    private static String rootMessage(Throwable problem) {
        Throwable root = problem;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }
}
