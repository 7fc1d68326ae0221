package io.amanuensis.job.demo;

import io.amanuensis.job.demo.PublishedReader.Published;
import io.amanuensis.job.files.AudioFile;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.Transcript;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.util.IOUtils;

/**
 * Plays calls to a running job and reads back what it publishes until nothing is left to come. How the end is known: when every
 * segment is on the topic, the job's committed offsets are awaited to reach the topic's end; then the job is stopped with a
 * draining savepoint, which makes each operator hand on what it holds and the sinks commit; then the output topics are read to
 * their end. Nothing is guessed from silence.
 */
public final class Demo {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration STALL_LIMIT = Duration.ofMinutes(2);

    private final List<DemoCall> calls;
    private final CallPlayer player;
    private final Pace pace;
    private final PublishedReader reader;
    private final InputProgress input;
    private final JobClient job;
    private final Consumer<Published> onPublished;

    private final List<Transcript> transcripts = new ArrayList<>();
    private final List<DeadLetter> deadLetters = new ArrayList<>();
    private final StallWatch stall = new StallWatch(STALL_LIMIT, System::nanoTime);
    private long lastPublishedNanos;

    /** @param onPublished is shown what is published, as it is; called by the thread that calls {@link #run} */
    Demo(
            List<DemoCall> calls,
            CallPlayer player,
            Pace pace,
            PublishedReader reader,
            InputProgress input,
            JobClient job,
            Consumer<Published> onPublished) {
        this.calls = calls;
        this.player = player;
        this.pace = pace;
        this.reader = reader;
        this.input = input;
        this.job = job;
        this.onPublished = onPublished;
    }

    /**
     * @param savepointDirectory where the job's last state goes
     * @throws IOException if the calls cannot be read or sent, or nothing moves for two minutes
     * @throws ExecutionException if the job fails
     */
    DemoResult run(String savepointDirectory) throws IOException, ExecutionException, InterruptedException {
        long startNanos = System.nanoTime();
        lastPublishedNanos = startNanos;
        play();
        for (long left = input.recordsLeft(); left > 0; left = input.recordsLeft()) {
            stall.check("the job to read its input", left, transcripts.size());
            read();
        }
        CompletableFuture<String> drained =
                job.stopWithSavepoint(true, savepointDirectory, SavepointFormatType.CANONICAL);
        while (!drained.isDone()) {
            stall.check("the job to hand on what it holds", transcripts.size());
            read();
        }
        drained.get();
        while (!reader.atEnd()) {
            stall.check("the published records", transcripts.size());
            read();
        }
        return new DemoResult(
                calls,
                List.copyOf(transcripts),
                List.copyOf(deadLetters),
                sound(),
                Duration.ofNanos(lastPublishedNanos - startNanos));
    }

    private void play() throws IOException, ExecutionException, InterruptedException {
        List<CallSegments> segments = new ArrayList<>();
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> new Thread(task, "call-player"));
        try {
            long now = System.currentTimeMillis();
            for (DemoCall call : calls) {
                segments.add(call.segments(now));
            }
            Future<?> played = thread.submit(() -> {
                player.play(segments, pace);
                return null;
            });
            while (!played.isDone()) {
                read();
            }
            played.get();
        } finally {
            thread.shutdownNow();
            segments.forEach(IOUtils::closeQuietly);
        }
    }

    private void read() throws IOException, ExecutionException, InterruptedException {
        Published published = reader.poll(POLL);
        if (published.isEmpty()) {
            checkAlive();
            return;
        }
        lastPublishedNanos = System.nanoTime();
        transcripts.addAll(published.transcripts());
        deadLetters.addAll(published.deadLetters());
        onPublished.accept(published);
    }

    /** A job that has failed says why. */
    private void checkAlive() throws ExecutionException, InterruptedException {
        if (job.getJobStatus().get() == JobStatus.FAILED) {
            job.getJobExecutionResult().get();
        }
    }

    private Duration sound() throws IOException {
        long ms = 0;
        for (DemoCall call : calls) {
            try (AudioFile recording = AudioFile.open(call.recording())) {
                ms += 1000 * recording.frames() * recording.channels() / recording.sampleRateHz();
            }
        }
        return Duration.ofMillis(ms);
    }
}
