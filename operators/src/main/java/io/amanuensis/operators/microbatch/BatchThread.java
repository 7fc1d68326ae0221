package io.amanuensis.operators.microbatch;

import java.util.List;
import java.util.function.Consumer;

/** Calls a {@link BatchFunction} for one batch after another. */
final class BatchThread<I, O> extends FunctionThread {
    private final BatchFunction<I, O> function;

    /** Outputs or a failure, never both. */
    record Result<O>(List<O> outputs, Throwable failure, long durationNanos) {}

    BatchThread(String name, BatchFunction<I, O> function, ClassLoader classLoader) {
        super(name, function, classLoader);
        this.function = function;
    }

    /**
     * @param arrivedNanos when the first element did
     * @param whenDone called on the batch thread
     */
    void submit(List<I> batch, long arrivedNanos, Consumer<Result<O>> whenDone) {
        execute(() -> whenDone.accept(apply(batch, arrivedNanos)));
    }

    private Result<O> apply(List<I> batch, long arrivedNanos) {
        long start = System.nanoTime();
        try {
            List<O> outputs = function.apply(batch, start - arrivedNanos);
            return new Result<>(outputs, null, System.nanoTime() - start);
        } catch (Throwable failure) {
            return new Result<>(null, failure, System.nanoTime() - start);
        }
    }
}
