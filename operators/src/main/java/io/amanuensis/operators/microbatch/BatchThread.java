package io.amanuensis.operators.microbatch;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.flink.metrics.MetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that calls a {@link BatchFunction}, from its opening to its closing. The caller bounds what is queued. */
final class BatchThread<I, O> {
    private static final Logger LOG = LoggerFactory.getLogger(BatchThread.class);

    private final String name;
    private final BatchFunction<I, O> function;
    private final ThreadPoolExecutor executor;

    /** Outputs or a failure, never both. */
    record Result<O>(List<O> outputs, Throwable failure, long durationNanos) {}

    BatchThread(String name, BatchFunction<I, O> function, ClassLoader classLoader) {
        this.name = name;
        this.function = function;
        this.executor = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.setContextClassLoader(classLoader);
            return thread;
        });
    }

    void open(MetricGroup metrics) throws Exception {
        call(() -> function.open(metrics));
    }

    /** @param whenDone called on the batch thread */
    void submit(List<I> batch, Consumer<Result<O>> whenDone) {
        executor.execute(() -> whenDone.accept(apply(batch)));
    }

    private Result<O> apply(List<I> batch) {
        long start = System.nanoTime();
        try {
            List<O> outputs = function.apply(batch);
            return new Result<>(outputs, null, System.nanoTime() - start);
        } catch (Throwable failure) {
            return new Result<>(null, failure, System.nanoTime() - start);
        }
    }

    /** Cancels the running call, forgets the queued ones and frees the function. */
    void close(Duration timeout) throws Exception {
        executor.getQueue().clear();
        function.cancel();
        executor.execute(() -> {
            try {
                function.close();
            } catch (Exception e) {
                LOG.error("{}: closing failed", name, e);
            }
        });
        executor.shutdown();
        if (!executor.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException(name + " did not end within " + timeout.toSeconds()
                    + " s of being cancelled; its memory stays taken until the process ends");
        }
    }

    private void call(Action action) throws Exception {
        try {
            executor.submit(() -> {
                        action.run();
                        return null;
                    })
                    .get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private interface Action {
        void run() throws Exception;
    }
}
