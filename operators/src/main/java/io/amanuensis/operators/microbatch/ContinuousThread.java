package io.amanuensis.operators.microbatch;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.apache.flink.metrics.MetricGroup;

/**
 * Keeps a {@link ContinuousFunction} going: takes in elements as long as the function has room, and advances. With nothing to
 * do it waits for an element.
 */
final class ContinuousThread<I, O> extends FunctionThread {
    private final ContinuousFunction<I, O> function;
    private final Consumer<Progress<O>> onProgress;
    private final BlockingQueue<Joining<I>> queue;
    private volatile boolean stopped;
    private volatile boolean roomLeft = true;
    private int active;

    private record Joining<I>(long id, I element) {}

    /**
     * Results or a failure, never both; after a failure nothing more comes.
     *
     * @param active elements in the batch, those that are done included
     * @param durationNanos of work since the last progress
     */
    record Progress<O>(List<ContinuousFunction.Result<O>> results, Throwable failure, int active, long durationNanos) {}

    /**
     * @param queueSize elements that wait to join, at most
     * @param onProgress called on this thread
     */
    ContinuousThread(
            String name,
            ContinuousFunction<I, O> function,
            ClassLoader classLoader,
            int queueSize,
            Consumer<Progress<O>> onProgress) {
        super(name, function, classLoader);
        this.function = function;
        this.onProgress = onProgress;
        this.queue = new LinkedBlockingQueue<>(queueSize);
    }

    @Override
    void open(MetricGroup metrics) throws Exception {
        super.open(metrics);
        execute(this::run);
    }

    /** @return false if the queue is full */
    boolean offer(long id, I element) {
        if (!queue.offer(new Joining<>(id, element))) {
            return false;
        }
        if (roomLeft) {
            function.interrupt();
        }
        return true;
    }

    /** Any thread: elements that wait to join. */
    int queued() {
        return queue.size();
    }

    @Override
    void stop() {
        super.stop();
        stopped = true;
        queue.clear();
        queue.add(new Joining<>(0, null)); // wakes a thread that waits for one
    }

    private void run() {
        long workedNanos = 0;
        try {
            while (takeIn()) {
                long start = System.nanoTime();
                int atWork = active;
                List<ContinuousFunction.Result<O>> results = function.advance();
                workedNanos += System.nanoTime() - start;
                active -= results.size();
                roomLeft = function.hasRoom();
                if (!results.isEmpty()) {
                    onProgress.accept(new Progress<>(results, null, atWork, workedNanos));
                    workedNanos = 0;
                }
            }
        } catch (Throwable failure) {
            onProgress.accept(new Progress<>(List.of(), failure, active, workedNanos));
        }
    }

    /** @return false if the thread is to end */
    private boolean takeIn() throws Exception {
        Joining<I> next = active == 0 ? queue.take() : poll();
        while (next != null && !stopped) {
            function.add(next.id, next.element);
            active++;
            roomLeft = function.hasRoom();
            next = poll();
        }
        return !stopped;
    }

    private Joining<I> poll() {
        return roomLeft ? queue.poll() : null;
    }
}
