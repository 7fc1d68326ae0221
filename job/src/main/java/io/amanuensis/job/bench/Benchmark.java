package io.amanuensis.job.bench;

import io.amanuensis.engine.Engine;
import io.amanuensis.job.JobConfig;
import io.amanuensis.job.JobOptions;
import io.amanuensis.job.TranscriptionJob;
import io.amanuensis.job.demo.CallPlayer;
import io.amanuensis.job.demo.DemoStage;
import io.amanuensis.job.demo.Pace;
import io.amanuensis.job.demo.PublishedReader;
import io.amanuensis.job.demo.StallWatch;
import io.amanuensis.job.embedded.EmbeddedBroker;
import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.job.files.ContinuousSpeech;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.schemas.ChannelRole;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.IntConsumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.StateBackendOptions;

/**
 * Runs the job over calls that are on the topic before it starts, so that it is never short of work, and ends with the last of
 * them. Speech that never pauses is cut where the window is full: into windows 60 ms shorter than the model's.
 */
public final class Benchmark {
    private static final String TENANT = "bench";
    private static final int SEGMENT_MS = 250;

    /** From where speech is cut to where the window would be full: room for the cut to fall on a frame. */
    private static final int SLACK_MS = 60;

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration STALL_LIMIT = Duration.ofMinutes(5);

    private final BenchSettings settings;
    private final Configuration configuration;

    /** @param configuration of cluster and job; where Kafka is gets added */
    public Benchmark(BenchSettings settings, Configuration configuration) {
        this.settings = settings;
        this.configuration = new Configuration(configuration);
        this.configuration.set(JobOptions.INPUT_BOUNDED, true);
    }

    /**
     * @param recordings that speech is taken from, of 8 or 16 kHz
     * @param onWindows is told how many windows have been published, by the thread that calls this
     * @throws IOException if the recordings cannot be read, Kafka or Flink not started, nothing moves for five minutes, or all is
     *     done before the clock starts
     * @throws ExecutionException if the job fails, or makes anything else of the speech than windows of text
     */
    public BenchResult run(List<Path> recordings, IntConsumer onWindows)
            throws IOException, ExecutionException, InterruptedException {
        BenchClock clock = new BenchClock(
                settings.warmUpWindows(), settings.windows() - settings.coolDownWindows(), ProcessUse::now);
        // Held open, so that the job finds the model loaded.
        try (SpeechEngine engine = JobConfig.from(configuration).speechEngine().open();
                DemoStage stage = DemoStage.start(configuration)) {
            int windowMs = engine.windowSamples() / PcmChunk.SAMPLES_PER_MS;
            play(stage, ContinuousSpeech.Material.of(recordings), windowMs - SLACK_MS);
            try (PublishedReader reader = PublishedReader.ofUncommitted(
                    stage.bootstrapServers(),
                    configuration.get(JobOptions.TRANSCRIPTS_TOPIC),
                    configuration.get(JobOptions.DEAD_LETTERS_TOPIC))) {
                watch(
                        reader,
                        stage.submit((env, complete) -> TranscriptionJob.onKafka(env, JobConfig.from(complete)))
                                .getJobExecutionResult(),
                        clock,
                        onWindows);
            }
            if (clock.seen() != settings.windows()) {
                throw new ExecutionException(
                        new IllegalStateException("%d windows of text came of %d calls of %d windows; expected %d"
                                .formatted(
                                        clock.seen(),
                                        settings.calls(),
                                        settings.windowsPerCall(),
                                        settings.windows())));
            }
            if (clock.windows() == 0) {
                throw new IOException(
                        "all %d windows were published together, with the last of the warm-up, and none was measured; take more"
                                        .formatted(settings.windows())
                                + " windows per call");
            }
            return result(engine.facts(), clock);
        }
    }

    private void play(DemoStage stage, ContinuousSpeech.Material material, int blockMs)
            throws IOException, InterruptedException {
        List<CallSegments> calls = new ArrayList<>();
        long now = System.currentTimeMillis();
        for (int i = 0; i < settings.calls(); i++) {
            calls.add(CallSegments.of(
                    material.speaker(i, blockMs, settings.windowsPerCall()),
                    new Call(TENANT, "call-" + i, now, List.of(ChannelRole.CUSTOMER), null),
                    Carriage.TELEPHONE,
                    SEGMENT_MS));
        }
        new CallPlayer(
                        stage.bootstrapServers(),
                        configuration.get(JobOptions.INPUT_TOPIC),
                        EmbeddedBroker.DEFAULT_MAX_MESSAGE_BYTES)
                .play(calls, Pace.UNPACED);
    }

    /** Until the job has ended and all that it published has been seen. */
    private void watch(
            PublishedReader reader, CompletableFuture<JobExecutionResult> job, BenchClock clock, IntConsumer onWindows)
            throws IOException, ExecutionException, InterruptedException {
        StallWatch stall = new StallWatch(STALL_LIMIT, System::nanoTime);
        while (!job.isDone() || !reader.atEnd()) {
            stall.check("windows", clock.seen());
            PublishedReader.Published published = reader.poll(POLL);
            if (!published.deadLetters().isEmpty()) {
                throw new ExecutionException(new IllegalStateException(
                        "a dead letter: " + published.deadLetters().get(0)));
            }
            clock.see(published.transcripts());
            onWindows.accept(clock.seen());
        }
        job.get();
    }

    private BenchResult result(EngineFacts model, BenchClock clock) throws IOException {
        int cores = Runtime.getRuntime().availableProcessors();
        BenchResult.Cpu cpu = clock.cpuSeconds();
        double speed = clock.audioSeconds() / clock.wallSeconds();
        return new BenchResult(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                ProcessUse.processor(),
                cores,
                Engine.threads(),
                model.modelName(),
                model.modelHash(),
                model.libraryBuild(),
                configuration.get(CoreOptions.DEFAULT_PARALLELISM),
                configuration.get(StateBackendOptions.STATE_BACKEND),
                settings.calls(),
                settings.windowsPerCall(),
                settings.warmUpWindows(),
                settings.coolDownWindows(),
                clock.windows(),
                clock.audioSeconds(),
                clock.wallSeconds(),
                speed,
                speed / cores,
                clock.stageMs(),
                clock.tokensPerWindow(),
                cpu,
                cpu.times(1000 / clock.audioSeconds()),
                cpu.times(1 / cpu.total()),
                ProcessUse.residentPeakBytes(),
                ProcessUse.threads());
    }
}
