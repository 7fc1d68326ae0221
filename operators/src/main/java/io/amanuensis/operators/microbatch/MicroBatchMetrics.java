package io.amanuensis.operators.microbatch;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** What an operator of web UI and dashboards sees of a stage; names as in Flink's proposal for batched async operators. */
final class MicroBatchMetrics {
    /** Batches that the histograms remember. */
    private static final int WINDOW_BATCHES = 512;

    final Histogram batchSize;
    /** From the arrival of a batch's first element to its results. */
    final Histogram batchLatencyMs;
    /** The call alone. */
    final Histogram asyncCallDurationMs;

    final Counter totalBatchesProcessed;
    final Counter totalRecordsProcessed;
    final Counter asyncCallFailures;

    MicroBatchMetrics(MetricGroup group) {
        batchSize = group.histogram("batchSize", new DescriptiveStatisticsHistogram(WINDOW_BATCHES));
        batchLatencyMs = group.histogram("batchLatencyMs", new DescriptiveStatisticsHistogram(WINDOW_BATCHES));
        asyncCallDurationMs =
                group.histogram("asyncCallDurationMs", new DescriptiveStatisticsHistogram(WINDOW_BATCHES));
        totalBatchesProcessed = group.counter("totalBatchesProcessed");
        totalRecordsProcessed = group.counter("totalRecordsProcessed");
        asyncCallFailures = group.counter("asyncCallFailures");
    }
}
