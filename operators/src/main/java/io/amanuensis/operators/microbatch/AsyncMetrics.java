package io.amanuensis.operators.microbatch;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What an operator of web UI and dashboards sees of a stage; names as in Flink's proposal for batched async operators. Where the
 * batch runs on, a call is what goes by from one result, or several at once, to the next.
 */
final class AsyncMetrics {
    /** Calls that the histograms remember. */
    private static final int WINDOW_CALLS = 512;

    /** Elements that were computed together. */
    private final Histogram batchSize;
    /** From the arrival of the first of the elements that a call answered to their results. */
    private final Histogram batchLatencyMs;
    /** The call alone. */
    private final Histogram asyncCallDurationMs;

    private final Counter totalBatchesProcessed;
    private final Counter totalRecordsProcessed;
    private final Counter asyncCallFailures;

    AsyncMetrics(MetricGroup group) {
        batchSize = group.histogram("batchSize", new DescriptiveStatisticsHistogram(WINDOW_CALLS));
        batchLatencyMs = group.histogram("batchLatencyMs", new DescriptiveStatisticsHistogram(WINDOW_CALLS));
        asyncCallDurationMs = group.histogram("asyncCallDurationMs", new DescriptiveStatisticsHistogram(WINDOW_CALLS));
        totalBatchesProcessed = group.counter("totalBatchesProcessed");
        totalRecordsProcessed = group.counter("totalRecordsProcessed");
        asyncCallFailures = group.counter("asyncCallFailures");
    }

    /**
     * A call that has come back with results.
     *
     * @param together elements that were computed together
     * @param answered elements that have their results now
     * @param arrivedNanos when the first of those arrived
     */
    void called(int together, int answered, long arrivedNanos, long durationNanos) {
        batchSize.update(together);
        asyncCallDurationMs.update(durationNanos / 1_000_000);
        batchLatencyMs.update((System.nanoTime() - arrivedNanos) / 1_000_000);
        totalBatchesProcessed.inc();
        totalRecordsProcessed.inc(answered);
    }

    /** A call that has failed. */
    void failed() {
        asyncCallFailures.inc();
    }
}
