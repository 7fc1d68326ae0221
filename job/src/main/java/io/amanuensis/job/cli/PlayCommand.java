package io.amanuensis.job.cli;

import io.amanuensis.job.JobConfig;
import io.amanuensis.job.JobDefaults;
import io.amanuensis.job.JobOptions;
import io.amanuensis.job.TranscriptionJob;
import io.amanuensis.job.demo.CallPlayer;
import io.amanuensis.job.demo.DemoCall;
import io.amanuensis.job.demo.DemoStage;
import io.amanuensis.job.demo.OutputTopics;
import io.amanuensis.job.demo.PublishedReader;
import io.amanuensis.job.demo.PublishedReader.Published;
import io.amanuensis.job.embedded.EmbeddedBroker;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.job.play.Faults;
import io.amanuensis.job.play.HeldLoad;
import io.amanuensis.job.play.Latencies;
import io.amanuensis.job.play.Play;
import io.amanuensis.job.play.PlayReport;
import io.amanuensis.job.play.PlaySettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code amanuensis play}: a load of calls, with the faults of real networks. */
@Command(
        name = "play",
        description = {
            "Plays many calls at the same time onto the audio topic.",
            "The bundled calls on as many lines as you like, as they are or with segments lost, sent twice, out of order or late."
                    + " The same seed sends the same. To size a cluster, and for tests."
        },
        mixinStandardHelpOptions = true)
final class PlayCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final DateTimeFormatter RUN =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    @Spec
    private CommandSpec spec;

    @Mixin
    private JobSettings settings;

    @ArgGroup(multiplicity = "1")
    private Where where;

    private static final class Where {
        @Option(
                names = "--bootstrap",
                paramLabel = "HOST:PORT",
                description = "Plays to this Kafka, where a job may run.")
        private String bootstrap;

        @Option(names = "--embedded", description = "Plays to a Kafka and a job in this process.")
        private boolean embedded;
    }

    @Option(
            names = "--read",
            description =
                    "With --bootstrap: reads what the job publishes too, and says how late it is. --embedded always does.")
    private boolean read;

    @Option(
            names = "--settle",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description =
                    "With --read: how long nothing must have been published before it ends. Default: ${DEFAULT-VALUE}.")
    private int settleSeconds;

    @Option(
            names = "--calls",
            paramLabel = "N",
            description =
                    "Calls at the same time, each of two channels. Default: 4; with --busy, at most so many: 1000.")
    private Integer calls;

    @ArgGroup(exclusive = false)
    private Busy busy;

    private static final class Busy {
        @Option(
                names = "--busy",
                paramLabel = "PERCENT",
                required = true,
                description =
                        "With --embedded: as many calls at the same time as keep this machine's processors so busy. Latencies are those of the second half of the time.")
        private double percent;

        @Option(
                names = "--for",
                paramLabel = "SECONDS",
                defaultValue = "120",
                description =
                        "With --busy: after this time the playing ends, in the middle of calls. Default: ${DEFAULT-VALUE}.")
        private double seconds;
    }

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "1",
            description = "Calls on each line, one after another. Default: ${DEFAULT-VALUE}.")
    private int repeat;

    @Option(
            names = "--speed",
            paramLabel = "X",
            defaultValue = "1",
            description = "Plays at X times real time; max: as fast as Kafka takes it. Default: ${DEFAULT-VALUE}.")
    private String speed;

    @Option(
            names = "--ramp",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "Time within which the lines begin, one after another. Default: ${DEFAULT-VALUE}.")
    private double rampSeconds;

    @Option(
            names = "--segment-ms",
            paramLabel = "MS",
            defaultValue = "250",
            description = "Length of a segment. Default: ${DEFAULT-VALUE}.")
    private int segmentMs;

    @Option(
            names = "--codec",
            paramLabel = "CODEC",
            defaultValue = "TELEPHONE",
            description =
                    "How sound is carried: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}, G.711 mu-law at 8 kHz.")
    private Carriage codec;

    @Option(
            names = "--loss",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description = "Of the segments that are never sent. Default: ${DEFAULT-VALUE}.")
    private double lossPercent;

    @Option(
            names = "--duplicates",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description = "Of the segments that are sent twice, at once or up to 2 s later. Default: ${DEFAULT-VALUE}.")
    private double duplicatesPercent;

    @Option(
            names = "--shuffle",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "Segments closer than this may change places. Default: ${DEFAULT-VALUE}.")
    private double shuffleSeconds;

    @Option(
            names = "--jitter",
            paramLabel = "MS",
            defaultValue = "0",
            description = "Segments are late by any time below this, in their order. Default: ${DEFAULT-VALUE}.")
    private long jitterMs;

    @Option(
            names = "--restart-every",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "A call's producer restarts once in each such time; 0: never. Default: ${DEFAULT-VALUE}.")
    private double restartSeconds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of all that is random. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--run", paramLabel = "NAME", description = "Begins the ids of the calls. Default: the time.")
    private String run;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Writes what was sent, lost and sent twice of each call, and the latencies, as JSON.")
    private Path report;

    @Override
    public Integer call() throws Exception {
        if (busy != null && !where.embedded) {
            throw new ParameterException(
                    spec.commandLine(), "--busy needs --embedded: how busy other machines are is not known here");
        }
        PlaySettings load = load();
        List<Path> recordings = DemoCall.in(Installation.current().samples()).stream()
                .map(DemoCall::recording)
                .toList();
        Configuration configuration = configuration();
        PlayReport played;
        long soundSeconds = busy == null ? Play.soundMs(recordings, load) / 1000 : Progress.UNKNOWN;
        try (Progress progress = Progress.withRate("play", " s", soundSeconds)) {
            Play play = new Play(recordings, load, ms -> progress.at(ms / 1000));
            if (where.embedded) {
                embedded(play, configuration, progress);
            } else {
                external(play, configuration, progress);
            }
            played = play.report();
        }
        print(played);
        if (report != null) {
            played.write(report);
        }
        return ExitCode.OK;
    }

    private PlaySettings load() {
        try {
            return new PlaySettings(
                    run == null ? RUN.format(Instant.now()) : run,
                    calls == null ? (busy == null ? 4 : 1000) : calls,
                    repeat,
                    speed(),
                    Math.round(1000 * rampSeconds),
                    segmentMs,
                    codec,
                    new Faults(
                            lossPercent / 100,
                            duplicatesPercent / 100,
                            Math.round(1000 * shuffleSeconds),
                            jitterMs,
                            Math.round(1000 * restartSeconds)),
                    seed,
                    busy == null ? null : new PlaySettings.Hold(busy.percent / 100, Math.round(1000 * busy.seconds)));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
        }
    }

    private double speed() {
        if (speed.equals("max")) {
            return Double.POSITIVE_INFINITY;
        }
        try {
            return Double.parseDouble(speed);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("speed: " + speed + "; legal: a number above 0, or max", e);
        }
    }

    private Configuration configuration() {
        Configuration defaults = new Configuration();
        defaults.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
        defaults.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        defaults.set(RestOptions.BIND_PORT, "0");
        int cores = Runtime.getRuntime().availableProcessors();
        defaults.set(TaskManagerOptions.NUM_TASK_SLOTS, cores);
        defaults.set(CoreOptions.DEFAULT_PARALLELISM, cores);
        defaults.addAll(settings.configuration());
        return JobDefaults.under(defaults);
    }

    @SuppressWarnings("try") // atExit is there to be closed
    private void embedded(Play play, Configuration configuration, Progress progress) throws Exception {
        JobConfig.from(configuration);
        try (DemoStage stage = DemoStage.start(configuration);
                AtExit atExit = AtExit.close(stage, spec.commandLine().getErr())) {
            stage.play(
                    play::send,
                    (env, complete) -> TranscriptionJob.onKafka(env, JobConfig.from(complete)),
                    published -> show(play, published, progress));
        }
    }

    private void external(Play play, Configuration configuration, Progress progress) throws Exception {
        CallPlayer player = new CallPlayer(
                where.bootstrap, configuration.get(JobOptions.INPUT_TOPIC), EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES);
        if (!read) {
            play.send(player);
            return;
        }
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> new Thread(task, "call-player"));
        try (PublishedReader reader = PublishedReader.fromNow(where.bootstrap, OutputTopics.of(configuration))) {
            Future<Void> sent = thread.submit(() -> {
                play.send(player);
                return null;
            });
            long settleNanos = Duration.ofSeconds(settleSeconds).toNanos();
            for (long last = System.nanoTime(); !sent.isDone() || System.nanoTime() - last < settleNanos; ) {
                Published published = reader.poll(POLL);
                if (!published.isEmpty() || !sent.isDone()) {
                    last = System.nanoTime();
                }
                show(play, published, progress);
            }
            sent.get();
        } finally {
            thread.shutdownNow();
        }
    }

    private static void show(Play play, Published published, Progress progress) {
        play.published(published);
        Latencies.Summary finals = play.finals();
        if (finals != null && (finals.count() > 0 || play.partials().count() > 0)) {
            HeldLoad.Load load = play.held();
            progress.say("%d texts, p95 %.1f s; partials %.1f s behind%s"
                    .formatted(
                            finals.count(),
                            finals.p95Ms() / 1000,
                            play.partials().p95Ms() / 1000,
                            load == null
                                    ? ""
                                    : "; %.0f calls, %.0f %% busy".formatted(load.calls(), 100 * load.busy())));
        }
    }

    private void print(PlayReport played) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "Played   %d calls, %.1f s of sound in %.1f s: %.1f s a second%n",
                played.calls().size(),
                played.soundSeconds(),
                played.wallSeconds(),
                played.soundSeconds() / played.wallSeconds());
        out.printf(
                Locale.ROOT,
                "Faults   %d of %d segments lost, %d sent twice, %d restarts; seed %d%n",
                played.lost(),
                played.segments(),
                played.duplicated(),
                played.restarts(),
                played.settings().seed());
        if (played.held() != null) {
            out.printf(
                    Locale.ROOT,
                    "Load     %.1f calls at a time for %.0f s: %.1f %% of %d processors busy%n",
                    played.held().calls(),
                    played.held().seconds(),
                    100 * played.held().busy(),
                    Runtime.getRuntime().availableProcessors());
        }
        latency("Latency  end of speech to final text: %s utterances%n", played.finalsMs());
        latency("         sound to unconfirmed text: %s texts%n", played.partialsMs());
        out.flush();
    }

    private void latency(String line, Latencies.Summary ms) {
        if (ms == null || ms.count() == 0) {
            return;
        }
        String figures = String.format(
                Locale.ROOT,
                "p50 %.2f s, p95 %.2f s, most %.2f s, of %d",
                ms.p50Ms() / 1000,
                ms.p95Ms() / 1000,
                ms.mostMs() / 1000,
                ms.count());
        spec.commandLine().getOut().printf(line, figures);
    }
}
