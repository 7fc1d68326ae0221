package io.amanuensis.operators.microbatch;

import java.io.Serializable;
import java.util.List;
import org.apache.flink.metrics.MetricGroup;

/**
 * The slow call that a {@link MicroBatchOperator} makes. {@link #open}, {@link #apply} and {@link #close} run on the
 * operator's batch thread, one at a time; {@link #cancel} may be called from any thread while another runs.
 *
 * @param <I> element in
 * @param <O> element out
 */
public interface BatchFunction<I, O> extends Serializable {

    /** Acquires what the calls need. A failure fails the task before the first element. */
    void open(MetricGroup metrics) throws Exception;

    /**
     * One result for each element, in the same order. What is wrong with a single element must become a result that says so;
     * an exception fails the task, and everything in flight is played again after its restart.
     */
    List<O> apply(List<I> batch) throws Exception;

    /** Makes a running {@link #apply} return soon, with any result or exception. */
    void cancel();

    /** Frees what {@link #open} acquired; called even if open failed halfway. */
    void close() throws Exception;
}
