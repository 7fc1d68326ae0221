package io.amanuensis.job.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.job.demo.Pace;
import io.amanuensis.job.demo.PublishedReader;
import io.amanuensis.npu.SysfsTree;
import io.amanuensis.operators.Uids;
import io.amanuensis.schemas.Transcript;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The encoder is where the NPUs are and nowhere else: on task managers of separate JVMs, set up as {@code deploy/flink} has them and
 * with the plugin of the distribution, which finds its NPUs in a sysfs that the test has made.
 */
@Timeout(300)
class NpuPlacementIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path FOLDER =
            Path.of("target", "cluster", "npu-placement").toAbsolutePath();
    private static final String DISTURBED = "disturbed";
    private static final String SHARED = "shared";
    private static final String UNDISTURBED = "undisturbed";
    private static final int SPEED = 8;
    private static final int TURNS_BEFORE_KILL = 3;
    private static final List<String> BESIDE_NO_NPU =
            List.of(Uids.SEQUENCE, Uids.FIND_SPEECH, Uids.DECODE, Uids.ASSEMBLE, Uids.ACCOUNT);

    /** How a task manager's log says that a task has come to it. */
    private static final String TASK_RECEIVED = "Received task ";

    private static PlayedCalls calls;
    private static Path sysfs;
    private static Path sysfsWithoutNpu;

    /** What stands for the NPU. */
    List<String> device() {
        return List.of("-Dnpu.device=echo");
    }

    /** What computes the same without NPU. */
    List<String> reference() {
        return List.of("-Dmodel.back-end=echo");
    }

    @BeforeAll
    static void prepare() throws Exception {
        FileUtils.deleteDirectory(FOLDER.toFile());
        calls = PlayedCalls.start(DISTURBED, SHARED, UNDISTURBED);
        sysfs = SysfsTree.in(FOLDER.resolve("sys")).withXdna2(0).root();
        sysfsWithoutNpu = SysfsTree.in(FOLDER.resolve("sys-without-npu"))
                .withAccelerator(0, "0x8086", "0x7d1d", "0x04", "intel_vpu")
                .root();
    }

    @AfterAll
    static void stop() throws Exception {
        calls.close();
    }

    @Test
    void theEncoderIsWhereTheNpusAre() throws Exception {
        // Soon enough for a test to see why a job waits.
        Map<String, String> options = Map.of("slot.request.timeout", "5s");
        try (StandaloneCluster cluster = StandaloneCluster.start(FOLDER, "deploy/flink/job-manager", options)) {
            TaskManagerKind npu = npuTaskManagers(cluster, "npu", sysfs);
            TaskManagerKind cpu = cluster.taskManagers("cpu", "deploy/flink/cpu-task-manager", Map.of());
            FlinkProcess firstCpu = cluster.startTaskManager(cpu);
            String job = cluster.runJob(arguments(DISTURBED, List.of()));
            aTaskManagerWithoutTheNpuThatItIsToOfferDoesNotStart(cluster);
            theJobWaitsAndSaysWhy(cluster, job);

            FlinkProcess victim = cluster.startTaskManager(npu);
            List<Transcript> disturbed = new ArrayList<>();
            FlinkProcess replacement = killedAndReplaced(cluster, job, firstCpu, victim, npu, disturbed);

            firstCpu.close();
            FlinkProcess second = cluster.startTaskManager(npu);
            String shared = cluster.runJob(arguments(SHARED, List.of("-Dnpu.parallelism=2", "-Dinput.bounded=true")));
            FlinkProcess secondCpu = cluster.startTaskManager(cpu);
            bothNpusShareTheLoad(cluster, shared, List.of(replacement, second));

            for (FlinkProcess process : List.of(firstCpu, secondCpu)) {
                assertThat(process.log())
                        .as("tasks of " + process.name())
                        .filteredOn(line -> line.contains(TASK_RECEIVED))
                        .isNotEmpty()
                        .noneMatch(line -> line.contains(Uids.ENCODE));
            }
            for (FlinkProcess process : List.of(victim, replacement, second)) {
                assertThat(process.log())
                        .as("tasks of " + process.name())
                        .filteredOn(line -> line.contains(TASK_RECEIVED))
                        .isNotEmpty()
                        .allMatch(line -> line.contains(Uids.FEATURIZE + " -> " + Uids.ENCODE));
            }
            List<String> undisturbed = undisturbed(cluster);
            assertThat(PlayedCalls.facts(disturbed)).isEqualTo(undisturbed);
            assertThat(PlayedCalls.facts(calls.published(SHARED, cluster, LIMIT)))
                    .isEqualTo(undisturbed);
        }
    }

    private void aTaskManagerWithoutTheNpuThatItIsToOfferDoesNotStart(StandaloneCluster cluster) throws Exception {
        FlinkProcess process = cluster.launchTaskManager(npuTaskManagers(cluster, "no-npu", sysfsWithoutNpu));
        cluster.await("the end of a task manager without NPU", LIMIT, () -> !process.isAlive());
        assertThat(String.join("\n", process.log()))
                .contains("configured to offer 1 NPU, and 0 found")
                .contains("accel0 is PCI 8086:7d1d");
    }

    private void theJobWaitsAndSaysWhy(StandaloneCluster cluster, String job) throws Exception {
        cluster.await("the job to say why it waits", LIMIT, () -> cluster.rest()
                .get("/jobs/" + job + "/exceptions")
                .toString()
                .contains("Could not acquire the minimum required resources"));
        assertThat(cluster.rest().get("/jobs/" + job).get("plan").toString())
                .contains("waits for a task manager that offers the external resource npu");
        assertThat(cluster.state(job)).isNotIn("FAILED", "FINISHED", "CANCELED");
    }

    /** @return the replacement */
    private FlinkProcess killedAndReplaced(
            StandaloneCluster cluster,
            String job,
            FlinkProcess cpu,
            FlinkProcess victim,
            TaskManagerKind npu,
            List<Transcript> published)
            throws Exception {
        cluster.awaitRunning(job, LIMIT);
        assertPlaced(cluster, job, List.of(victim), cpu);
        CompletableFuture<Void> played = calls.play(Pace.times(SPEED));
        try (PublishedReader reader = calls.reader(DISTURBED)) {
            cluster.await(
                    "the first turns",
                    LIMIT,
                    () -> PlayedCalls.read(reader, published).size() >= TURNS_BEFORE_KILL);
            assertThat(played).as("calls are still being played").isNotDone();
            victim.kill();
            cluster.await("the job to notice", LIMIT, () -> !cluster.state(job).equals("RUNNING"));
            FlinkProcess replacement = cluster.startTaskManager(npu);
            cluster.awaitRunning(job, LIMIT);
            assertPlaced(cluster, job, List.of(replacement), cpu);
            played.join();
            calls.awaitInputRead(DISTURBED, cluster, LIMIT);
            cluster.drain(job, LIMIT);
            assertThat(cluster.awaitEnd(job, LIMIT)).isEqualTo("FINISHED");
            cluster.await(
                    "the end of the published turns",
                    LIMIT,
                    () -> !PlayedCalls.read(reader, published).isEmpty() && reader.atEnd());
            return replacement;
        }
    }

    private static void bothNpusShareTheLoad(StandaloneCluster cluster, String job, List<FlinkProcess> npus)
            throws Exception {
        assertThat(cluster.awaitEnd(job, LIMIT)).isEqualTo("FINISHED");
        assertThat(cluster.taskManagersOf(job, Uids.ENCODE))
                .containsExactlyInAnyOrderElementsOf(
                        npus.stream().map(FlinkProcess::name).toList());
        assertThat(cluster.recordsReadBy(job, Uids.ENCODE)).hasSize(2).allMatch(records -> records > 0);
    }

    private static void assertPlaced(StandaloneCluster cluster, String job, List<FlinkProcess> npus, FlinkProcess cpu)
            throws Exception {
        assertThat(cluster.taskManagersOf(job, Uids.ENCODE))
                .containsExactlyInAnyOrderElementsOf(
                        npus.stream().map(FlinkProcess::name).toList());
        for (String stage : BESIDE_NO_NPU) {
            assertThat(cluster.taskManagersOf(job, stage)).as(stage).containsOnly(cpu.name());
        }
    }

    /** The same sound without disturbance. */
    private List<String> undisturbed(StandaloneCluster cluster) throws Exception {
        List<String> arguments = new ArrayList<>(reference());
        arguments.add("-Dinput.bounded=true");
        String job = cluster.runJob(calls.arguments(UNDISTURBED, arguments));
        assertThat(cluster.awaitEnd(job, LIMIT)).isEqualTo("FINISHED");
        return PlayedCalls.facts(calls.published(UNDISTURBED, cluster, LIMIT));
    }

    /** It would put the encoder anywhere. */
    @Test
    void theAdaptiveSchedulerIsRefused() throws Exception {
        try (StandaloneCluster cluster = StandaloneCluster.start(
                FOLDER.resolve("adaptive"), "deploy/flink/job-manager", Map.of("jobmanager.scheduler", "adaptive"))) {
            assertThatThrownBy(() -> cluster.runJob(arguments(DISTURBED, List.of())))
                    .hasMessageContaining("jobmanager.scheduler: adaptive")
                    .hasMessageContaining("model.back-end is npu");
        }
    }

    private static TaskManagerKind npuTaskManagers(StandaloneCluster cluster, String name, Path sys) throws Exception {
        return cluster.taskManagers(
                name,
                "deploy/flink/npu-task-manager",
                Map.of("external-resource.npu.param.sysfs-root", sys.toString()));
    }

    private List<String> arguments(String job, List<String> more) {
        List<String> arguments = new ArrayList<>(List.of(
                "-Dmodel.back-end=npu",
                "-Dcpu.slot.resource-name=cpu-slot",
                "-Drestart-strategy.type=fixed-delay",
                "-Drestart-strategy.fixed-delay.attempts=1000",
                "-Drestart-strategy.fixed-delay.delay=1s"));
        arguments.addAll(device());
        arguments.addAll(more);
        return calls.arguments(job, arguments);
    }
}
