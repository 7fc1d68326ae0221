package io.amanuensis.operators.microbatch;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.flink.metrics.MetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that a {@link StageFunction} meets, from its opening to its closing. The caller bounds what is queued. */
abstract class FunctionThread {
    private static final Logger LOG = LoggerFactory.getLogger(FunctionThread.class);

    private final String name;
    private final StageFunction function;
    private final ThreadPoolExecutor executor;

    FunctionThread(String name, StageFunction function, ClassLoader classLoader) {
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
        try {
            executor.submit(() -> {
                        function.open(metrics);
                        return null;
                    })
                    .get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    final void execute(Runnable work) {
        executor.execute(work);
    }

    /** Starts no more work. */
    void stop() {
        executor.getQueue().clear();
    }

    /** Cancels the running work, forgets the queued and frees the function. */
    final void close(Duration timeout) throws Exception {
        stop();
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
}
