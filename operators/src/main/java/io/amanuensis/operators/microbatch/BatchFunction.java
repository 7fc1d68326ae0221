package io.amanuensis.operators.microbatch;

import java.util.List;

/**
 * The slow call that a {@link MicroBatchOperator} makes.
 *
 * @param <I> element in
 * @param <O> element out
 */
public interface BatchFunction<I, O> extends StageFunction {

    /**
     * One result for each element, in the same order. What is wrong with a single element must become a result that says so;
     * an exception fails the task, and everything in flight is played again after its restart.
     */
    List<O> apply(List<I> batch) throws Exception;

    /** The same, where it matters how long the first element has waited for its turn. */
    default List<O> apply(List<I> batch, long waitedNanos) throws Exception {
        return apply(batch);
    }
}
