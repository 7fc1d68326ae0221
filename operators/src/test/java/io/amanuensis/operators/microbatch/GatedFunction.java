package io.amanuensis.operators.microbatch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.flink.metrics.MetricGroup;

/** Answers "n" with "n!", one batch for each permit; a test sees the batches arrive and decides when they end. */
final class GatedFunction implements BatchFunction<Integer, String> {
    private static final long serialVersionUID = 1;

    static final int POISON = 666;
    private static final Integer CANCELLED = -1;
    private static final long PATIENCE_S = 30;

    final transient BlockingQueue<List<Integer>> started = new LinkedBlockingQueue<>();
    final transient BlockingQueue<Integer> permits = new LinkedBlockingQueue<>();
    transient boolean closed;

    GatedFunction release(int batches) {
        for (int i = 0; i < batches; i++) {
            permits.add(0);
        }
        return this;
    }

    List<Integer> awaitStart() throws InterruptedException {
        List<Integer> batch = started.poll(PATIENCE_S, TimeUnit.SECONDS);
        if (batch == null) {
            throw new AssertionError("no batch arrived within " + PATIENCE_S + " s");
        }
        return batch;
    }

    @Override
    public void open(MetricGroup metrics) {}

    @Override
    public List<String> apply(List<Integer> batch) throws Exception {
        started.add(batch);
        Integer permit = permits.poll(PATIENCE_S, TimeUnit.SECONDS);
        if (permit == null || permit.equals(CANCELLED)) {
            throw new IllegalStateException("cancelled");
        }
        if (batch.contains(POISON)) {
            throw new IllegalStateException("poison");
        }
        List<String> results = new ArrayList<>();
        batch.forEach(n -> results.add(n + "!"));
        return results;
    }

    @Override
    public void cancel() {
        permits.add(CANCELLED);
    }

    @Override
    public void close() {
        closed = true;
    }
}
