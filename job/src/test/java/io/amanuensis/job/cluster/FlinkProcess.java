package io.amanuensis.job.cluster;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.ConfigConstants;

/** A job manager or task manager in a JVM of its own. */
public final class FlinkProcess implements AutoCloseable {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final int LOG_TAIL_LINES = 30;

    private final String name;
    private final Process process;
    private final Path log;

    private FlinkProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * What a Flink JVM is started with.
     *
     * @param options {@code env.java.opts.all}, which Flink's start scripts would pass
     * @param configuration folder of config.yaml
     * @param plugins with a folder for each
     */
    record Setting(String classPath, String options, Path configuration, Path logs, Path plugins) {
        List<String> java(List<String> jvmArguments, String mainClass) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString()));
            command.addAll(jvmArguments);
            command.addAll(Arrays.asList(options.trim().split("\\s+")));
            command.addAll(List.of(
                    "-Dlog4j2.configurationFile="
                            + configuration.resolve("log4j2.properties").toUri(),
                    "-cp",
                    classPath,
                    mainClass));
            return command;
        }
    }

    /** @param memory what {@link FlinkMemory} says for this kind of process */
    static FlinkProcess start(
            Setting setting, String name, String mainClass, FlinkMemory memory, List<String> arguments)
            throws IOException {
        Path log = setting.logs().resolve(name + ".log");
        List<String> command = setting.java(memory.jvmArguments(), mainClass);
        command.addAll(List.of("--configDir", setting.configuration().toString()));
        command.addAll(memory.dynamicOptions());
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment()
                .put(ConfigConstants.ENV_FLINK_PLUGINS_DIR, setting.plugins().toString());
        Process process = builder.start();
        return new FlinkProcess(name, process, log);
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL: the process gets no chance to say goodbye. Returns when it is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM, and SIGKILL for a process that does not heed it. */
    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            kill();
        }
    }

    /** What it has written so far. */
    public List<String> log() {
        try {
            return Files.readAllLines(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of its log, for the message of a failed test. */
    String logTail() {
        List<String> lines = log();
        return "\n--- " + log + "\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
    }

    /** Jars of a folder, joined. */
    static String classPath(Path folder, String excludedNames) {
        File[] jars = folder.toFile().listFiles((dir, name) -> name.endsWith(".jar") && !name.matches(excludedNames));
        return String.join(
                File.pathSeparator,
                Arrays.stream(jars).map(File::getPath).sorted().toList());
    }
}
