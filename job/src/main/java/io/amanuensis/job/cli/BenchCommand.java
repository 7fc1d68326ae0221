package io.amanuensis.job.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.amanuensis.engine.DeviceCheck;
import io.amanuensis.engine.DeviceOptions;
import io.amanuensis.job.JobDefaults;
import io.amanuensis.job.JobOptions;
import io.amanuensis.job.JobOptions.Precision;
import io.amanuensis.job.bench.BenchResult;
import io.amanuensis.job.bench.BenchSettings;
import io.amanuensis.job.bench.Benchmark;
import io.amanuensis.job.bench.Work;
import io.amanuensis.job.demo.DemoCall;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code amanuensis bench}: the whole job under load. */
@Command(
        name = "bench",
        description = {
            "Measures the whole job under load.",
            "Puts calls that never pause on the audio topic of a broker in this process, runs the job over them, and says how much"
                    + " sound it transcribes in a second and what that takes."
        },
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private JobSettings settings;

    @Option(
            names = "--calls",
            paramLabel = "N",
            defaultValue = "16",
            description = "Calls at the same time. Default: ${DEFAULT-VALUE}.")
    private int calls;

    @Option(
            names = "--windows-per-call",
            paramLabel = "N",
            defaultValue = "4",
            description = "How long each call is, in windows of the model. Default: ${DEFAULT-VALUE}.")
    private int windowsPerCall;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Windows before the clock starts. Default: a quarter of all.")
    private Integer warmUpWindows;

    @Option(
            names = "--cool-down",
            paramLabel = "N",
            description =
                    "Windows at the end that are not measured, since batches are smaller there. Default: an eighth of"
                            + " all, and at most half of what the warm-up leaves.")
    private Integer coolDownWindows;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "100",
            description =
                    "Tokens of every window, no more and no fewer. 0 leaves the end to the model. Default: ${DEFAULT-VALUE}.")
    private int tokens;

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            defaultValue = "auto",
            description = "What linear maps are computed in: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Precision precision;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Threads that compute at once in the native library. Default: the processors that the JVM may use.")
    private int threads;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description =
                    "${COMPLETION-CANDIDATES}: runs nothing, but prints what a latency model says of encoders on an NPU.")
    private Device device;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the result there.")
    private Path json;

    /** What can be predicted. */
    enum Device {
        EMULATED
    }

    @Override
    public Integer call() throws Exception {
        if (device != null) {
            spec.commandLine().getOut().print(DeviceCheck.estimate(DeviceOptions.emulated()));
            spec.commandLine().getOut().flush();
            return ExitCode.OK;
        }
        BenchSettings load = load();
        if (tokens < 0) {
            throw new ParameterException(spec.commandLine(), "--tokens must be 0 or more, is " + tokens);
        }
        List<Path> recordings = DemoCall.in(Installation.current().samples()).stream()
                .map(DemoCall::recording)
                .toList();
        BenchResult result;
        try (Progress progress = Progress.of("bench", " windows", (long) calls * windowsPerCall)) {
            result = new Benchmark(load, configuration()).run(recordings, progress::at);
        }
        print(result);
        if (json != null) {
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(json.toFile(), result);
        }
        return ExitCode.OK;
    }

    private BenchSettings load() {
        try {
            int windows = calls * windowsPerCall;
            int warmUp = warmUpWindows == null ? Math.max(1, windows / 4) : warmUpWindows;
            int coolDown = Math.max(0, Math.min(windows / 8, (windows - warmUp) / 2));
            return new BenchSettings(
                    calls, windowsPerCall, warmUp, coolDownWindows == null ? coolDown : coolDownWindows);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Configuration configuration() {
        Configuration bench = new Configuration();
        bench.set(JobOptions.MODEL_PRECISION, precision);
        bench.set(JobOptions.NATIVE_THREADS, threads);
        // Random weights end early or ramble and know no times, and no window is to be left out as silent.
        bench.set(JobOptions.DECODE_MAX_TOKENS, tokens);
        bench.set(JobOptions.DECODE_MIN_TOKENS, tokens);
        bench.set(JobOptions.DECODE_TIMESTAMPS, tokens == 0);
        bench.set(JobOptions.NO_SPEECH_THRESHOLD, 1.0);
        // Calls that are read as fast as may be leave partials nothing but the noise they would add.
        bench.set(JobOptions.PARTIALS_ENABLED, false);
        bench.set(JobOptions.GUARD_ENABLED, false);
        // Speech that never pauses is all seams: every second is to be computed once.
        bench.set(JobOptions.FIND_SPEECH_SEAM_CONTEXT, Duration.ZERO);
        bench.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        bench.set(RestOptions.BIND_PORT, "0");
        int cores = Runtime.getRuntime().availableProcessors();
        bench.set(TaskManagerOptions.NUM_TASK_SLOTS, cores);
        bench.set(CoreOptions.DEFAULT_PARALLELISM, cores);
        bench.addAll(settings.configuration());
        return JobDefaults.under(bench);
    }

    private void printCpu(String title, String what, double ms, double share) {
        spec.commandLine().getOut().printf(Locale.ROOT, "%-8s %7.2f ms %5.1f %%  %s%n", title, ms, 100 * share, what);
    }

    private void print(BenchResult result) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(Locale.ROOT, "Model    %s, library %s%n", result.model(), result.libraryBuild());
        out.printf(
                Locale.ROOT,
                "Input    %d calls of %d windows; measured %d windows, %.1f s of sound, in %.1f s%n",
                result.calls(),
                result.windowsPerCall(),
                result.windows(),
                result.audioSeconds(),
                result.wallSeconds());
        out.printf(
                Locale.ROOT,
                "Speed    %.1f audio s / s on %d cores, %.1f a core; %d native threads; %s%n",
                result.audioSecondsPerSecond(),
                result.cores(),
                result.audioSecondsPerSecondPerCore(),
                result.nativeThreads(),
                result.processor());
        out.printf(
                Locale.ROOT,
                "Window   featurize %.1f ms, encode %.1f ms, decode %.1f ms of %.0f tokens, align %.1f ms%n",
                result.stageMs().featurize(),
                result.stageMs().encode(),
                result.stageMs().decode(),
                result.tokensPerWindow(),
                result.stageMs().align());
        BenchResult.Cpu ms = result.cpuMsPerAudioSecond();
        BenchResult.Cpu shares = result.cpuShares();
        printCpu("CPU", "of a second of sound", ms.total(), shares.total());
        printCpu("", "native computation", ms.computing(), shares.computing());
        printCpu("", "Flink, Kafka and Java", ms.rest(), shares.rest());
        for (Work work : Work.values()) {
            printCpu(
                    "",
                    "  " + work.meaning(),
                    ms.works().get(work),
                    shares.works().get(work));
        }
        printCpu("", "  other threads, and those that have ended", ms.other(), shares.other());
        double compiling = ms.works().get(Work.COMPILING);
        printCpu(
                "",
                "Flink, Kafka and Java once all is compiled",
                ms.rest() - compiling,
                shares.restShareOnceCompiled());
        out.printf(
                Locale.ROOT,
                "Memory   %.0f MB resident at most, %d threads%n",
                result.residentPeakBytes() / 1e6,
                result.threads());
        out.flush();
    }
}
