package io.amanuensis.operators.partials;

import io.amanuensis.operators.Uids;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Counters of {@code partials}, in the group of that name. */
final class PartialsMetrics {
    private final Counter published;
    private final Counter late;
    private final Counter failed;
    private final Counter corrected;

    PartialsMetrics(MetricGroup operator) {
        MetricGroup group = operator.addGroup(Uids.PARTIALS);
        published = group.counter("partialsPublished");
        late = group.counter("partialsLate");
        failed = group.counter("partialsFailed");
        corrected = group.counter("partialsCorrected");
    }

    void published() {
        published.inc();
    }

    /** A hypothesis of an utterance that has a newer one or its outcome. */
    void late() {
        late.inc();
    }

    /** The engine could make nothing of the sound. */
    void failed() {
        failed.inc();
    }

    void corrected() {
        corrected.inc();
    }
}
