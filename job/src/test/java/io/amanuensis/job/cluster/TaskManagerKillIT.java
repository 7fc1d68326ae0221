package io.amanuensis.job.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.DemoModel;
import io.amanuensis.job.demo.Pace;
import io.amanuensis.job.demo.PublishedReader;
import io.amanuensis.schemas.Transcript;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A task manager is killed while calls are played: what is published is what an undisturbed job publishes, each turn once. */
class TaskManagerKillIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path FOLDER =
            Path.of("target", "cluster", "task-manager-kill").toAbsolutePath();
    private static final String DISTURBED = "disturbed";
    private static final String UNDISTURBED = "undisturbed";
    private static final String MODEL =
            "-Dmodel.path=" + DemoModel.MODEL.toAbsolutePath().normalize();
    private static final int SPEED = 4;
    private static final int TURNS_BEFORE_KILL = 5;

    @Test
    @Timeout(600)
    void nothingIsLostAndNothingDoubled() throws Exception {
        try (PlayedCalls calls = PlayedCalls.start(DISTURBED, UNDISTURBED);
                StandaloneCluster cluster =
                        StandaloneCluster.start(FOLDER, Map.of("taskmanager.numberOfTaskSlots", "1"))) {
            cluster.startTaskManager();
            FlinkProcess victim = cluster.startTaskManager();
            String job = cluster.runJob(calls.arguments(DISTURBED, List.of(MODEL, "-Dparallelism.default=2")));
            cluster.awaitRunning(job, LIMIT);

            CompletableFuture<Void> played = calls.play(Pace.times(SPEED));
            List<Transcript> published = new ArrayList<>();
            try (PublishedReader reader = calls.reader(DISTURBED)) {
                cluster.await(
                        "the first turns",
                        LIMIT,
                        () -> PlayedCalls.read(reader, published).size() >= TURNS_BEFORE_KILL);
                assertThat(played).as("calls are still being played").isNotDone();
                victim.kill();
                cluster.startTaskManager();
                calls.finish(DISTURBED, job, played, cluster, reader, published, LIMIT);
            }
            assertThat(PlayedCalls.facts(published))
                    .isEqualTo(calls.undisturbedFacts(UNDISTURBED, MODEL, cluster, LIMIT));
        }
    }
}
