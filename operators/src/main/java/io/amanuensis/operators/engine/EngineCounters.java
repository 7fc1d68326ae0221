package io.amanuensis.operators.engine;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * How often the engine let a stage down; names as in Flink's proposal for batched async operators.
 *
 * @param retries batches that failed as a whole and were tried again window by window
 * @param timeouts calls and windows that took too long
 */
public record EngineCounters(Counter retries, Counter timeouts) {

    public static EngineCounters of(MetricGroup metrics) {
        return new EngineCounters(metrics.counter("batchRetryCount"), metrics.counter("batchTimeoutCount"));
    }
}
