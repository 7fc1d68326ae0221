package io.amanuensis.job.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.amanuensis.operators.Uids;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code deploy/local-cluster.sh}, as a person starts it. */
@Tag("npu")
@Timeout(300)
class LocalClusterIT {
    private static final Path HOME = Path.of(System.getProperty("amanuensis.home"));
    private static final Path FOLDER =
            Path.of("target", "cluster", "local-cluster").toAbsolutePath();
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void threeProcessesTakeAJobAndGo() throws Exception {
        FileUtils.deleteDirectory(FOLDER.toFile());
        RestApi rest = new RestApi(freePort());
        List<Long> pids;
        try (PlayedCalls calls = PlayedCalls.start("local")) {
            script(
                    "start",
                    "--emulated",
                    "--rest-port",
                    Integer.toString(rest.port()),
                    "--rpc-port",
                    Integer.toString(freePort()));
            try {
                pids = pids();
                assertThat(offers(rest)).isEqualTo(Map.of("cpu-task-manager", "cpu-slot", "npu-task-manager", "npu"));
                String job = rest.run(
                        HOME.resolve("job/amanuensis-job.jar"),
                        calls.arguments(
                                "local",
                                List.of(
                                        "-Dmodel.back-end=npu",
                                        "-Dnpu.device=echo",
                                        "-Dcpu.slot.resource-name=cpu-slot")));
                Deadline.in(LIMIT)
                        .await("the encoder to run", () -> encoder(rest, job), "npu-task-manager RUNNING"::equals);
            } finally {
                script("stop");
            }
        }
        assertThat(pids).hasSize(3).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
    }

    private static String encoder(RestApi rest, String job) throws IOException, InterruptedException {
        for (JsonNode vertex : rest.get("/jobs/" + job).get("vertices")) {
            if (vertex.get("name").asText().contains(Uids.ENCODE)) {
                JsonNode subtask = rest.get(
                                "/jobs/" + job + "/vertices/" + vertex.get("id").asText())
                        .get("subtasks")
                        .get(0);
                return subtask.get("taskmanager-id").asText() + " "
                        + subtask.get("status").asText();
            }
        }
        return "";
    }

    private static Map<String, String> offers(RestApi rest) throws IOException, InterruptedException {
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

    private static List<Long> pids() throws IOException {
        List<Long> pids = new ArrayList<>();
        for (String kind : List.of("job-manager", "cpu-task-manager", "npu-task-manager")) {
            pids.add(
                    Long.valueOf(Files.readString(FOLDER.resolve(kind + ".pid")).strip()));
        }
        return pids;
    }

    private static void script(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(HOME.resolve("deploy/local-cluster.sh").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--dir", FOLDER.toString()));
        Path output = Files.createDirectories(FOLDER).resolve("script.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
