package io.amanuensis.operators.microbatch;

import java.util.List;

/**
 * A running batch that a {@link ContinuousOperator} works on: elements join it while others are under way, and each leaves it
 * when it is done. What is wrong with a single element must become a result that says so; an exception fails the task, and
 * everything in flight is played again after its restart.
 *
 * @param <I> element in
 * @param <O> element out
 */
public interface ContinuousFunction<I, O> extends StageFunction {

    /** @param id as it was given to {@link #add} */
    record Result<O>(long id, O output) {}

    /** Whether another element may join now. True whenever the batch is empty. */
    boolean hasRoom();

    /**
     * An element joins.
     *
     * @param id of no other element in the batch
     */
    void add(long id, I element) throws Exception;

    /** Works until at least one element is done or {@link #interrupt} is called; those that are done have left the batch. */
    List<Result<O>> advance() throws Exception;

    /**
     * Any thread: somebody waits to join. A running {@link #advance}, or else the next, returns soon, with nothing if nothing is
     * done.
     */
    void interrupt();
}
