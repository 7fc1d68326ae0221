package io.amanuensis.operators.microbatch;

import java.time.Duration;

/**
 * A batch function with a second one beside it, which takes elements off it that have waited too long. Both belong to one operator
 * and each has a thread of its own.
 *
 * @param <I> element in
 * @param <O> element out
 */
public interface SpillingFunction<I, O> extends BatchFunction<I, O> {

    /** The second function, always the same: opened after this one, closed before it. Null if nothing is to be taken off. */
    BatchFunction<I, O> spill();

    /** How long an element waits for a batch of this function before it goes to the other. */
    Duration spillAfter();
}
