package io.amanuensis.job.demo;

import io.amanuensis.job.demo.PublishedReader.Published;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;

/**
 * Reads back what a running job publishes, while segments are sent to it and until nothing is left to come. How the end is known:
 * when every segment is on the topic, the job's committed offsets are awaited to reach the topic's end; then the job is stopped
 * with a draining savepoint, which makes each operator hand on what it holds and the sinks commit; then the output topics are read
 * to their end. Nothing is guessed from silence.
 */
final class PlayedJob {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration STALL_LIMIT = Duration.ofMinutes(2);

    private final PublishedReader reader;
    private final InputProgress input;
    private final JobClient job;
    private final BooleanSupplier running;
    private final Consumer<Published> onPublished;
    private final StallWatch stall = new StallWatch(STALL_LIMIT, System::nanoTime);
    private long published;

    /**
     * @param running whether all of the job runs
     * @param onPublished is shown what is published, as it is; called by the thread that calls {@link #run}
     */
    PlayedJob(
            PublishedReader reader,
            InputProgress input,
            JobClient job,
            BooleanSupplier running,
            Consumer<Published> onPublished) {
        this.reader = reader;
        this.input = input;
        this.job = job;
        this.running = running;
        this.onPublished = onPublished;
    }

    /**
     * @param play sends the segments and returns when Kafka has all of them; begins when the job runs, on a thread of its own
     * @param savepointDirectory where the job's last state goes
     * @throws IOException if nothing moves for two minutes before or after the playing
     * @throws ExecutionException if the playing or the job fails
     */
    void run(Callable<Void> play, String savepointDirectory)
            throws IOException, ExecutionException, InterruptedException {
        while (!running.getAsBoolean()) {
            stall.check("the job to run", published);
            read();
        }
        play(play);
        for (long left = input.recordsLeft(); left > 0; left = input.recordsLeft()) {
            stall.check("the job to read its input", left, published);
            read();
        }
        CompletableFuture<String> drained =
                job.stopWithSavepoint(true, savepointDirectory, SavepointFormatType.CANONICAL);
        while (!drained.isDone()) {
            stall.check("the job to hand on what it holds", published);
            read();
        }
        drained.get();
        while (!reader.atEnd()) {
            stall.check("the published records", published);
            read();
        }
    }

    private void play(Callable<Void> play) throws IOException, ExecutionException, InterruptedException {
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> new Thread(task, "call-player"));
        try {
            Future<?> played = thread.submit(play);
            while (!played.isDone()) {
                read();
            }
            played.get();
        } finally {
            thread.shutdownNow();
        }
    }

    private void read() throws IOException, ExecutionException, InterruptedException {
        Published more = reader.poll(POLL);
        if (more.isEmpty()) {
            checkAlive();
            return;
        }
        published += more.transcripts().size();
        onPublished.accept(more);
    }

    /** A job that has failed says why. */
    private void checkAlive() throws ExecutionException, InterruptedException {
        if (job.getJobStatus().get() == JobStatus.FAILED) {
            job.getJobExecutionResult().get();
        }
    }
}
