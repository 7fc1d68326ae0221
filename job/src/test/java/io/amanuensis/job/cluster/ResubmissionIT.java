package io.amanuensis.job.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.DemoModel;
import io.amanuensis.job.embedded.EmbeddedBroker;
import io.amanuensis.job.embedded.TopicAdmin;
import io.amanuensis.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs come and go on one task manager: neither their class loaders nor the native library pile up. */
class ResubmissionIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path FOLDER =
            Path.of("target", "cluster", "resubmission").toAbsolutePath();
    private static final int SUBMISSIONS = 10;

    /** Of the job just cancelled, and of the one before it, whose last threads may still be ending. */
    private static final int LOADERS_AT_MOST = 3;

    @Test
    @Timeout(600)
    void tenSubmissionsLeaveNothingBehind() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES);
                StandaloneCluster cluster =
                        StandaloneCluster.start(FOLDER, Map.of("taskmanager.numberOfTaskSlots", "1"))) {
            TopicAdmin.createMissing(
                    broker.bootstrapServers(),
                    1,
                    EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES,
                    List.of(
                            Topics.AUDIO_SEGMENTS,
                            Topics.TRANSCRIPTS,
                            Topics.PARTIALS,
                            Topics.CALLS,
                            Topics.SUPPRESSED,
                            Topics.DEAD_LETTERS));
            FlinkProcess taskManager = cluster.startTaskManager();
            submitAndCancel(cluster, broker);
            long libraries = nativeLibraries(taskManager.pid());
            for (int i = 1; i < SUBMISSIONS; i++) {
                submitAndCancel(cluster, broker);
            }
            assertThat(nativeLibraries(taskManager.pid()))
                    .as("libraries mapped after %d jobs, as after the first", SUBMISSIONS)
                    .isEqualTo(libraries);
            cluster.await(
                    "the class loaders of ended jobs to go",
                    LIMIT,
                    () -> userClassLoaders(taskManager.pid()) <= LOADERS_AT_MOST);
        }
    }

    private static void submitAndCancel(StandaloneCluster cluster, EmbeddedBroker broker) throws Exception {
        String job = cluster.runJob(List.of(
                "-Dkafka.bootstrap.servers=" + broker.bootstrapServers(),
                "-Dmodel.path=" + DemoModel.MODEL.toAbsolutePath().normalize()));
        cluster.awaitRunning(job, LIMIT);
        cluster.rest().patch("/jobs/" + job);
        assertThat(cluster.awaitEnd(job, LIMIT)).isEqualTo("CANCELED");
    }

    /** Executable mappings of files: one for each loaded library. */
    private static long nativeLibraries(long pid) throws IOException {
        try (var mappings = Files.lines(Path.of("/proc", Long.toString(pid), "maps"))) {
            return mappings.filter(mapping -> mapping.contains(" r-xp ") && mapping.contains("/"))
                    .count();
        }
    }

    /** Live instances; jcmd collects garbage before it counts. */
    private static long userClassLoaders(long pid) throws Exception {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(pid),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        try (var lines = jcmd.inputReader().lines()) {
            long loaders = lines.filter(line -> line.endsWith("org.apache.flink.util.ChildFirstClassLoader"))
                    .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[1]))
                    .sum();
            assertThat(jcmd.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return loaders;
        }
    }
}
