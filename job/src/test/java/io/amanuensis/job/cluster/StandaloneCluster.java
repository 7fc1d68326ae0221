package io.amanuensis.job.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;

/**
 * A session cluster on localhost, each process a JVM of its own, set up from the distribution: Flink's jars of {@code client/}
 * stand for an installed Flink, {@code lib/} lies on the class path of all, and {@code conf/config.yaml} is the
 * configuration but for ports, folders and what the test wants. Logs stay in the given folder.
 */
public final class StandaloneCluster implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final String JOB_MANAGER = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint";
    private static final String TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner";

    /** What an installed Flink does not have. */
    private static final String NOT_FLINK =
            "(amanuensis|kafka|flink-connector-(kafka|base)|flink-avro|avro|scala|picocli|progressbar|jline|jackson|zstd|lz4).*";

    private static final String CONFIGURATION = "conf";

    private final Path distribution;
    private final Path folder;
    private final Map<String, String> shared;
    private final FlinkProcess.Setting jobManagerSetting;
    private final RestApi rest;
    private final List<FlinkProcess> taskManagers = new ArrayList<>();
    private FlinkProcess jobManager;
    private int jobManagers;
    private TaskManagerKind plainTaskManagers;

    private StandaloneCluster(
            Path distribution,
            Path folder,
            Map<String, String> shared,
            FlinkProcess.Setting jobManagerSetting,
            RestApi rest) {
        this.distribution = distribution;
        this.folder = folder;
        this.shared = shared;
        this.jobManagerSetting = jobManagerSetting;
        this.rest = rest;
    }

    /**
     * Starts a job manager; returns when it answers. Task managers are started one by one.
     *
     * @param folder for configuration, logs and state
     * @param options of Flink, on top of the distribution's
     */
    public static StandaloneCluster start(Path folder, Map<String, String> options) throws Exception {
        return start(folder, CONFIGURATION, options);
    }

    /**
     * The same with another configuration.
     *
     * @param configuration folder of config.yaml in the distribution
     */
    public static StandaloneCluster start(Path folder, String configuration, Map<String, String> options)
            throws Exception {
        Path distribution = Path.of(System.getProperty("amanuensis.home"));
        int restPort = freePort();
        Map<String, String> shared = defaults(folder, restPort);
        shared.putAll(options);
        FlinkProcess.Setting setting = setting(
                distribution,
                folder,
                configuration,
                "job-manager",
                Map.of("jobmanager.memory.process.size", "700m"),
                shared);
        StandaloneCluster cluster = new StandaloneCluster(distribution, folder, shared, setting, new RestApi(restPort));
        try {
            cluster.startJobManager();
            return cluster;
        } catch (Exception | AssertionError e) {
            cluster.close();
            throw e;
        }
    }

    private void startJobManager() throws Exception {
        jobManager = FlinkProcess.start(
                jobManagerSetting,
                "job-manager-" + ++jobManagers,
                JOB_MANAGER,
                FlinkMemory.of(FlinkMemory.JOB_MANAGER, jobManagerSetting),
                List.of());
        await("the job manager", START_LIMIT, this::isUp);
    }

    /** Kills the job manager, as a machine that fails, and starts another; returns when all task managers have found it. */
    void replaceJobManager() throws Exception {
        jobManager.kill();
        startJobManager();
        for (FlinkProcess taskManager : taskManagers) {
            await(taskManager.name(), START_LIMIT, () -> isRegistered(taskManager.name()));
        }
    }

    /** The newest checkpoint that a job has completed, as someone finds it to whom the job manager can say nothing more. */
    Path newestCheckpoint(String job) throws IOException {
        try (Stream<Path> checkpoints = Files.list(folder.resolve("checkpoints").resolve(job))) {
            return checkpoints
                    .filter(checkpoint -> Files.exists(checkpoint.resolve("_metadata")))
                    .max(Comparator.comparingInt(StandaloneCluster::numberOf))
                    .orElseThrow(() -> new AssertionError("job " + job + " has no checkpoint"));
        }
    }

    /** @param checkpoint chk-N */
    private static int numberOf(Path checkpoint) {
        return Integer.parseInt(checkpoint.getFileName().toString().substring("chk-".length()));
    }

    /**
     * Prepares task managers that are alike.
     *
     * @param name beginning of their names
     * @param configuration folder of config.yaml in the distribution
     * @param options on top of it
     */
    TaskManagerKind taskManagers(String name, String configuration, Map<String, String> options)
            throws IOException, InterruptedException {
        FlinkProcess.Setting setting = setting(distribution, folder, configuration, name, options, shared);
        return new TaskManagerKind(name, setting, FlinkMemory.of(FlinkMemory.TASK_MANAGER, setting));
    }

    private static FlinkProcess.Setting setting(
            Path distribution,
            Path folder,
            String configurationFolder,
            String name,
            Map<String, String> options,
            Map<String, String> shared)
            throws IOException {
        Configuration configuration = GlobalConfiguration.loadConfiguration(
                distribution.resolve(configurationFolder).toString());
        configuration.addAll(Configuration.fromMap(options));
        configuration.addAll(Configuration.fromMap(shared));
        Path written = Files.createDirectories(folder.resolve("conf").resolve(name));
        write(configuration, written);
        String classPath = FlinkProcess.classPath(distribution.resolve("client"), NOT_FLINK)
                + File.pathSeparator
                + FlinkProcess.classPath(distribution.resolve("lib"), "");
        return new FlinkProcess.Setting(
                classPath,
                configuration.get(CoreOptions.FLINK_JVM_OPTIONS),
                written,
                Files.createDirectories(folder.resolve("log")),
                distribution.resolve("plugins"));
    }

    public RestApi rest() {
        return rest;
    }

    /** Starts one more; returns when it is registered. */
    public FlinkProcess startTaskManager() throws Exception {
        if (plainTaskManagers == null) {
            plainTaskManagers = taskManagers(
                    "task-manager",
                    CONFIGURATION,
                    Map.of(
                            "taskmanager.memory.process.size", "1300m",
                            "taskmanager.memory.task.off-heap.size", "128m"));
        }
        return startTaskManager(plainTaskManagers);
    }

    /** Starts one more of a kind; returns when it is registered. */
    FlinkProcess startTaskManager(TaskManagerKind kind) throws Exception {
        FlinkProcess process = launchTaskManager(kind);
        await(process.name(), START_LIMIT, () -> isRegistered(process.name()));
        return process;
    }

    /** The same for one that may end before it is registered. */
    FlinkProcess launchTaskManager(TaskManagerKind kind) throws IOException {
        String name = kind.name() + "-" + (taskManagers.size() + 1);
        FlinkProcess process = FlinkProcess.start(
                kind.setting(), name, TASK_MANAGER, kind.memory(), List.of("-D", "taskmanager.resource-id=" + name));
        taskManagers.add(process);
        return process;
    }

    /** Runs the distribution's job jar. @return the id of the job */
    public String runJob(List<String> arguments) throws IOException, InterruptedException {
        return rest.run(distribution.resolve("job/amanuensis-job.jar"), arguments);
    }

    /** Task managers that a stage runs on, one for each of its subtasks that has one. */
    List<String> taskManagersOf(String job, String stage) throws IOException, InterruptedException {
        return subtasksOf(job, stage).findValuesAsText("taskmanager-id");
    }

    /** What each subtask of a stage has read. */
    List<Long> recordsReadBy(String job, String stage) throws IOException, InterruptedException {
        List<Long> read = new ArrayList<>();
        subtasksOf(job, stage)
                .forEach(subtask ->
                        read.add(subtask.get("metrics").get("read-records").asLong()));
        return read;
    }

    private JsonNode subtasksOf(String job, String stage) throws IOException, InterruptedException {
        for (JsonNode vertex : rest.get("/jobs/" + job).get("vertices")) {
            if (vertex.get("name").asText().contains(stage)) {
                return rest.get("/jobs/" + job + "/vertices/" + vertex.get("id").asText())
                        .get("subtasks");
            }
        }
        throw new AssertionError("job " + job + " has no stage " + stage);
    }

    /** Waits until every subtask of the job runs, as after its start or a recovery. */
    public void awaitRunning(String job, Duration limit) throws Exception {
        await("job " + job + " to run", limit, () -> {
            JsonNode details = rest.get("/jobs/" + job);
            // The status of a vertex is RUNNING as soon as one of its subtasks runs.
            JsonNode vertices = details.get("vertices");
            return !vertices.isEmpty()
                    && StreamSupport.stream(vertices.spliterator(), false)
                            .allMatch(
                                    vertex -> vertex.get("tasks").get("RUNNING").asInt()
                                            == vertex.get("parallelism").asInt());
        });
    }

    /** Waits until the job is CANCELED, FAILED or FINISHED. @return which */
    public String awaitEnd(String job, Duration limit) throws Exception {
        return Deadline.in(limit)
                .await(
                        "the end of job " + job,
                        () -> state(job),
                        state -> List.of("CANCELED", "FAILED", "FINISHED").contains(state),
                        this::logTails);
    }

    /**
     * Stops the job so that each operator hands on what it holds and the sinks commit; returns when it is over.
     *
     * @return where its savepoint lies
     */
    public String drain(String job, Duration limit) throws Exception {
        String request = rest.post("/jobs/" + job + "/stop", Map.of("drain", true))
                .get("request-id")
                .asText();
        JsonNode done = Deadline.in(limit)
                .await(
                        "the drain of job " + job,
                        () -> rest.get("/jobs/" + job + "/savepoints/" + request),
                        answer -> answer.get("status").get("id").asText().equals("COMPLETED"),
                        this::logTails);
        JsonNode operation = done.get("operation");
        if (!operation.has("location")) {
            throw new AssertionError("job " + job + " could not be drained: " + operation);
        }
        return operation.get("location").asText();
    }

    public String state(String job) throws IOException, InterruptedException {
        return rest.get("/jobs/" + job).get("state").asText();
    }

    public long completedCheckpoints(String job) throws IOException, InterruptedException {
        return rest.get("/jobs/" + job + "/checkpoints")
                .get("counts")
                .get("completed")
                .asLong();
    }

    /** Asks until the condition holds; a process that dies meanwhile without being told to ends the wait. */
    public void await(String what, Duration limit, Callable<Boolean> condition) throws Exception {
        Deadline.in(limit)
                .await(
                        what,
                        () -> {
                            if (!jobManager.isAlive()) {
                                throw new AssertionError("the job manager has died" + jobManager.logTail());
                            }
                            return condition.call();
                        },
                        holds -> holds,
                        this::logTails);
    }

    @Override
    public void close() throws InterruptedException {
        for (FlinkProcess taskManager : taskManagers) {
            taskManager.close();
        }
        if (jobManager != null) {
            jobManager.close();
        }
    }

    private boolean isUp() throws InterruptedException {
        try {
            return rest.get("/overview").has("flink-version");
        } catch (IOException e) {
            return false;
        }
    }

    private boolean isRegistered(String taskManager) throws IOException, InterruptedException {
        return rest.get("/taskmanagers")
                .get("taskmanagers")
                .findValuesAsText("id")
                .contains(taskManager);
    }

    private String logTails() {
        return jobManager.logTail()
                + taskManagers.stream().map(FlinkProcess::logTail).collect(Collectors.joining());
    }

    /** Small processes that notice soon when one of them is gone. */
    private static Map<String, String> defaults(Path folder, int restPort) throws IOException {
        Map<String, String> options = new HashMap<>(Map.of(
                "jobmanager.rpc.address", "localhost",
                "jobmanager.rpc.port", Integer.toString(freePort()),
                "taskmanager.host", "localhost",
                "heartbeat.interval", "1s",
                "heartbeat.timeout", "6s"));
        options.putAll(Map.of(
                "rest.address", "localhost",
                "rest.port", Integer.toString(restPort),
                "rest.bind-port", Integer.toString(restPort),
                // Answers are cached that long.
                "web.refresh-interval", "100",
                "io.tmp.dirs", Files.createDirectories(folder.resolve("tmp")).toString(),
                "execution.checkpointing.dir",
                        folder.resolve("checkpoints").toUri().toString(),
                "execution.checkpointing.savepoint-dir",
                        folder.resolve("savepoints").toUri().toString()));
        return options;
    }

    private static void write(Configuration configuration, Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        configuration.toMap().forEach((key, value) -> lines.add(key + ": \"" + value.replace("\"", "\\\"") + "\""));
        Files.write(folder.resolve("config.yaml"), lines);
        Files.write(
                folder.resolve("log4j2.properties"),
                List.of(
                        "rootLogger.level = INFO",
                        "rootLogger.appenderRef.console.ref = console",
                        "appender.console.type = Console",
                        "appender.console.name = console",
                        "appender.console.layout.type = PatternLayout",
                        "appender.console.layout.pattern = %d{HH:mm:ss.SSS} %-5p %c{1} %m%n"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
