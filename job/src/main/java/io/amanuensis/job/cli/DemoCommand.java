package io.amanuensis.job.cli;

import io.amanuensis.job.JobConfig;
import io.amanuensis.job.JobDefaults;
import io.amanuensis.job.JobOptions;
import io.amanuensis.job.TranscriptionJob;
import io.amanuensis.job.demo.DemoCall;
import io.amanuensis.job.demo.DemoResult;
import io.amanuensis.job.demo.DemoStage;
import io.amanuensis.job.demo.Pace;
import io.amanuensis.job.score.LongFormReference;
import io.amanuensis.operators.publish.OutputEncoding;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code amanuensis demo}: the whole system in one process, on three recorded calls. */
@Command(
        name = "demo",
        description = {
            "Shows the whole system on three bundled calls.",
            "Starts Kafka and Flink in this process, plays the calls onto the audio topic, prints each turn when it is published,"
                    + " and says how fast and how good that was."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private JobSettings settings;

    @Option(
            names = "--speed",
            paramLabel = "X",
            description = "Plays at X times real time. Default: as fast as the job reads.")
    private Double speed;

    @Option(names = "--keep", description = "Leaves Kafka and Flink's web UI up until Ctrl-C.")
    private boolean keep;

    @Option(
            names = "--ui-port",
            paramLabel = "N",
            description = "Port of Flink's web UI. Default: the first free one from 8081 on.")
    private Integer uiPort;

    @Option(
            names = "--output-encoding",
            paramLabel = "ENCODING",
            defaultValue = "AVRO",
            description = "Of the transcripts on Kafka: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private OutputEncoding encoding;

    @Override
    @SuppressWarnings("try") // atExit is there to be closed
    public Integer call() throws Exception {
        if (speed != null && !(speed > 0)) {
            throw new ParameterException(spec.commandLine(), "--speed must be above 0, is " + speed);
        }
        Path samples = Installation.current().samples();
        List<DemoCall> calls = DemoCall.in(samples);
        LongFormReference reference = LongFormReference.read(samples.resolve("calls.json"));
        Configuration configuration = configuration();
        JobConfig.from(configuration);
        DemoConsole console = new DemoConsole(spec.commandLine());
        console.starting(calls.size(), configuration.get(JobOptions.MODEL_PATH));
        try (DemoStage stage = DemoStage.start(configuration);
                AtExit atExit = AtExit.close(stage, spec.commandLine().getErr())) {
            console.started(stage);
            DemoResult result = stage.run(
                    calls,
                    speed == null ? Pace.UNPACED : Pace.times(speed),
                    (env, complete) -> TranscriptionJob.onKafka(env, JobConfig.from(complete)),
                    console::published);
            console.summary(result, reference);
            if (keep) {
                console.keeping(stage);
                new CountDownLatch(1).await();
            }
            console.ending(stage);
            return result.deadLetters().isEmpty() ? ExitCode.OK : ExitCode.JOB_FAILED;
        }
    }

    private Configuration configuration() {
        Configuration given = settings.configuration();
        given.set(JobOptions.OUTPUT_ENCODING, encoding);
        if (uiPort != null) {
            given.set(RestOptions.BIND_PORT, uiPort.toString());
        }
        // A second to the next checkpoint is a second until a turn is seen.
        setIfAbsent(given, CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
        setIfAbsent(given, StateBackendOptions.STATE_BACKEND, "hashmap");
        // Whoever watches a demonstration wants to see its failure, not its restarts.
        setIfAbsent(given, RestartStrategyOptions.RESTART_STRATEGY, "none");
        int cores = Runtime.getRuntime().availableProcessors();
        setIfAbsent(given, TaskManagerOptions.NUM_TASK_SLOTS, cores);
        setIfAbsent(given, CoreOptions.DEFAULT_PARALLELISM, cores);
        return JobDefaults.under(given);
    }

    private static <T> void setIfAbsent(Configuration configuration, ConfigOption<T> option, T value) {
        if (!configuration.contains(option)) {
            configuration.set(option, value);
        }
    }
}
