package io.amanuensis.operators.microbatch;

import java.io.Serializable;
import org.apache.flink.metrics.MetricGroup;

/**
 * What an operator's own thread does. {@link #open}, the work and {@link #close} run on that thread, one at a time; {@link
 * #cancel} may be called from any thread while another runs.
 */
public interface StageFunction extends Serializable {

    /** Acquires what the work needs. A failure fails the task before the first element. */
    void open(MetricGroup metrics) throws Exception;

    /** Makes running work return soon, with any result or exception. */
    void cancel();

    /** Frees what {@link #open} acquired; called even if open failed halfway. */
    void close() throws Exception;
}
