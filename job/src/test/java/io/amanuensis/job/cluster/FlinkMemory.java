package io.amanuensis.job.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How a process's memory is divided, as Flink's start scripts have it computed.
 *
 * @param jvmArguments heap, direct memory, metaspace
 * @param dynamicOptions {@code -D} options for the main class
 */
record FlinkMemory(List<String> jvmArguments, List<String> dynamicOptions) {
    static final String JOB_MANAGER = "GET_JM_RESOURCE_PARAMS";
    static final String TASK_MANAGER = "GET_TM_RESOURCE_PARAMS";

    private static final String MAIN_CLASS = "org.apache.flink.runtime.util.bash.BashJavaUtils";
    private static final String RESULT = "BASH_JAVA_UTILS_EXEC_RESULT:";
    private static final long TIMEOUT_S = 60;

    static FlinkMemory of(String kind, FlinkProcess.Setting setting) throws IOException, InterruptedException {
        List<String> command = setting.java(List.of("-Xmx128m"), MAIN_CLASS);
        command.addAll(List.of(kind, "--configDir", setting.configuration().toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        List<String> results = output.lines()
                .filter(line -> line.startsWith(RESULT))
                .map(line -> line.substring(RESULT.length()))
                .toList();
        if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS) || process.exitValue() != 0 || results.size() != 2) {
            throw new IOException("Flink does not tell its memory parameters: " + output);
        }
        return new FlinkMemory(words(results.get(0)), words(results.get(1)));
    }

    private static List<String> words(String line) {
        return Arrays.asList(line.trim().split("\\s+"));
    }
}
