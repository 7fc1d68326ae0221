package io.amanuensis.operators.microbatch;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/**
 * Gives elements of any key one by one to the running batch of a {@link ContinuousFunction} on a thread of its own: none waits for
 * company, nor for another to end as long as the batch has room. What holds for elements in flight is said at {@link
 * InFlightOperator}.
 *
 * @param <I> element in; immutable
 * @param <O> element out
 */
public final class ContinuousOperator<I, O> extends InFlightOperator<I, O> {
    private static final long serialVersionUID = 1;

    private final ContinuousFunction<I, O> function;
    private final int queueSize;
    /** What the thread's queue has no room for: more than one only after a restore with another parallelism. */
    private final transient ArrayDeque<Entry<I, O>> waiting = new ArrayDeque<>();

    private final transient Map<Long, Entry<I, O>> handedOver = new HashMap<>();

    private final transient IntSupplier queue = this::backlog;

    private transient ContinuousThread<I, O> continuousThread;
    private transient long nextId;

    /** @param parameters those of the factory */
    ContinuousOperator(
            StreamOperatorParameters<O> parameters,
            String stage,
            ContinuousFunction<I, O> function,
            InFlightBounds bounds,
            SizeBytes<I> sizeBytes) {
        super(parameters, stage, bounds, sizeBytes);
        this.function = function;
        this.queueSize = bounds.elements();
    }

    @Override
    FunctionThread createThread(String name) {
        continuousThread = new ContinuousThread<>(
                name,
                function,
                getUserCodeClassloader(),
                queueSize,
                progress -> post(() -> onProgress(progress), progress.results().size()));
        Backlog.add(queue);
        return continuousThread;
    }

    @Override
    int batchesAtWork() {
        return handedOver.isEmpty() ? 0 : 1;
    }

    @Override
    void accept(Entry<I, O> entry) {
        waiting.add(entry);
    }

    @Override
    void handOver() {
        while (!waiting.isEmpty() && continuousThread.offer(nextId, waiting.peek().element)) {
            handedOver.put(nextId, waiting.poll());
            nextId++;
        }
    }

    @Override
    void handOverLast() {
        handOver();
    }

    private void onProgress(ContinuousThread.Progress<O> progress) throws Exception {
        if (progress.failure() != null) {
            asyncMetrics().failed();
            throw new Exception(stage() + " failed with " + progress.active() + " at work", progress.failure());
        }
        long firstArrivedNanos = Long.MAX_VALUE;
        for (ContinuousFunction.Result<O> result : progress.results()) {
            Entry<I, O> entry = handedOver.remove(result.id());
            if (entry == null) {
                throw new IllegalStateException(
                        "%s gave a result for %d, which is not at work".formatted(stage(), result.id()));
            }
            entry.complete(result.output());
            firstArrivedNanos = Math.min(firstArrivedNanos, entry.arrivedNanos);
        }
        asyncMetrics()
                .called(progress.active(), progress.results().size(), firstArrivedNanos, progress.durationNanos());
        handOver();
        emitDone();
    }

    private int backlog() {
        return continuousThread.queued();
    }

    @Override
    public void close() throws Exception {
        Backlog.remove(queue);
        super.close();
    }
}
