package io.amanuensis.operators.microbatch;

/**
 * What an {@link OrderedOperator} does to some of its elements.
 *
 * @param <T> element; immutable
 */
public interface OrderedFunction<T> extends BatchFunction<T, T> {
    /** Whether anything is to be done to the element; what this denies passes untouched. Called by the mailbox thread. */
    boolean concerns(T element);
}
