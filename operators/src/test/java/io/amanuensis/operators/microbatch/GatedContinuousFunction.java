package io.amanuensis.operators.microbatch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.flink.metrics.MetricGroup;

/** Answers "n" with "n!" when a test says that n is done; the test sees which elements are at work. */
final class GatedContinuousFunction implements ContinuousFunction<Integer, String> {
    private static final long serialVersionUID = 1;
    private static final long PATIENCE_S = 30;

    private static final int INTERRUPTED = -1;
    private static final int CANCELLED = -2;
    /** All that are in the batch, whenever there are any. */
    static final int ALL = -3;

    static final int POISON = 666;

    private final int capacity;
    /** What was at work when the function began to advance. */
    final transient BlockingQueue<List<Integer>> advances = new LinkedBlockingQueue<>();

    final transient BlockingQueue<Integer> permits = new LinkedBlockingQueue<>();
    private final transient Map<Long, Integer> batch = new LinkedHashMap<>();
    private transient boolean free;
    transient boolean closed;

    GatedContinuousFunction(int capacity) {
        this.capacity = capacity;
    }

    GatedContinuousFunction done(Integer... elements) {
        permits.addAll(List.of(elements));
        return this;
    }

    /** Waits for an advance with just these at work. */
    void awaitAtWork(Integer... elements) throws InterruptedException {
        List<Integer> expected = List.of(elements);
        List<Integer> last = null;
        while (!expected.equals(last)) {
            List<Integer> next = advances.poll(PATIENCE_S, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("waited for %s to be at work, last were %s".formatted(expected, last));
            }
            last = next;
        }
    }

    @Override
    public void open(MetricGroup metrics) {}

    @Override
    public boolean hasRoom() {
        return batch.size() < capacity;
    }

    @Override
    public void add(long id, Integer element) {
        if (!hasRoom()) {
            throw new IllegalStateException("no room for " + element);
        }
        batch.put(id, element);
    }

    @Override
    public List<Result<String>> advance() throws Exception {
        advances.add(List.copyOf(batch.values()));
        if (batch.containsValue(POISON)) {
            throw new IllegalStateException("poison");
        }
        Integer permit = free ? Integer.valueOf(ALL) : permits.poll(PATIENCE_S, TimeUnit.SECONDS);
        if (permit == null || permit == CANCELLED) {
            throw new IllegalStateException("cancelled");
        }
        free |= permit == ALL;
        List<Result<String>> results = new ArrayList<>();
        batch.entrySet().removeIf(entry -> {
            boolean done = permit == ALL || permit.equals(entry.getValue());
            if (done) {
                results.add(new Result<>(entry.getKey(), entry.getValue() + "!"));
            }
            return done;
        });
        return results;
    }

    @Override
    public void interrupt() {
        permits.add(INTERRUPTED);
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
