package io.amanuensis.operators.microbatch;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/**
 * A {@link BatchFunction} for work that matters less than that of the other operators: it gives way. A batch is begun only while
 * nothing waits in front of the engine, so that what comes then waits for one such batch at most. What has to wait here is
 * dropped, and counted, when a newer element supersedes it, when it has waited too long, and when too much waits.
 *
 * <p>It never makes the operators before it wait. What holds for elements in flight is said at {@link InFlightOperator}: an element
 * that has not been dropped survives a restart.
 *
 * @param <I> element in; immutable
 * @param <O> element out
 */
public final class YieldingOperator<I, O> extends InFlightOperator<I, O> {
    private static final long serialVersionUID = 1;

    /** Elements that were dropped; in the stage's metric group. */
    public static final String PARTIALS_DROPPED = "partialsDropped";

    /** How soon it is seen that nobody waits any more. */
    private static final long LOOK_AGAIN_MS = 10;

    /** Whether to give way now. */
    public interface Yield extends Serializable {
        boolean now();
    }

    private final BatchFunction<I, O> function;
    private final YieldSettings settings;
    private final Supersedes<I> supersedes;
    private final Yield yield;
    /** In the order of their turn; a newer element takes the place of one that it supersedes, so that all get their turn. */
    private final transient List<Waiting<I, O>> waiting = new ArrayList<>();

    private transient BatchThread<I, O> batchThread;
    private transient Counter dropped;
    private transient long waitingBytes;
    private transient boolean atWork;
    private transient boolean timerSet;

    private record Waiting<I, O>(Entry<I, O> entry, long sinceMs) {}

    /** @param parameters those of the factory */
    YieldingOperator(
            StreamOperatorParameters<O> parameters,
            String stage,
            BatchFunction<I, O> function,
            YieldSettings settings,
            Supersedes<I> supersedes,
            Yield yield,
            SizeBytes<I> sizeBytes) {
        super(
                parameters,
                stage,
                new InFlightBounds(settings.maxBatchSize() + settings.maxWaiting(), Long.MAX_VALUE),
                sizeBytes);
        this.function = function;
        this.settings = settings;
        this.supersedes = supersedes;
        this.yield = yield;
    }

    @Override
    FunctionThread createThread(String name) {
        dropped = getMetricGroup().addGroup(stage()).counter(PARTIALS_DROPPED);
        batchThread = new BatchThread<>(name, function, getUserCodeClassloader());
        return batchThread;
    }

    @Override
    int batchesAtWork() {
        return atWork ? 1 : 0;
    }

    @Override
    void accept(Entry<I, O> entry) {
        List<Waiting<I, O>> superseded = waiting.stream()
                .filter(old -> supersedes.test(entry.element, old.entry.element))
                .toList();
        int place = superseded.isEmpty() ? waiting.size() : waiting.indexOf(superseded.get(0));
        superseded.forEach(this::drop);
        waiting.add(place, new Waiting<>(entry, now()));
        waitingBytes += entry.bytes;
        while (waiting.size() > settings.maxWaiting()
                || (waiting.size() > 1 && waitingBytes > settings.maxWaitingBytes())) {
            drop(waiting.get(0));
        }
    }

    @Override
    void handOver() {
        long oldestMs = now() - settings.patience().toMillis();
        waiting.stream().filter(old -> old.sinceMs < oldestMs).toList().forEach(this::drop);
        if (atWork || waiting.isEmpty()) {
            return;
        }
        if (!yield.now()) {
            dispatch();
        } else if (!timerSet) {
            timerSet = true;
            getProcessingTimeService().registerTimer(now() + LOOK_AGAIN_MS, time -> {
                timerSet = false;
                handOver();
                emitDone();
            });
        }
    }

    /** At the end of the input there is nobody to give way to for long. */
    @Override
    void handOverLast() {
        if (!atWork && !waiting.isEmpty()) {
            dispatch();
        }
    }

    private void dispatch() {
        List<Waiting<I, O>> first = waiting.subList(0, Math.min(settings.maxBatchSize(), waiting.size()));
        List<Entry<I, O>> batch = first.stream().map(Waiting::entry).toList();
        first.clear();
        batch.forEach(entry -> waitingBytes -= entry.bytes);
        atWork = true;
        batchThread.submit(
                batch.stream().map(entry -> entry.element).toList(),
                batch.get(0).arrivedNanos,
                result -> post(() -> onBatchDone(batch, result), batch.size()));
    }

    private void onBatchDone(List<Entry<I, O>> batch, BatchThread.Result<O> result) throws Exception {
        atWork = false;
        asyncMetrics().called(batch.size(), batch.size(), batch.get(0).arrivedNanos, result.durationNanos());
        if (result.failure() != null) {
            asyncMetrics().failed();
            throw new Exception(stage() + " failed a batch of " + batch.size(), result.failure());
        }
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).complete(result.outputs().get(i));
        }
        handOver();
        emitDone();
    }

    /** Elements, since this was opened. */
    long dropped() {
        return dropped.getCount();
    }

    private void drop(Waiting<I, O> old) {
        waiting.remove(old);
        waitingBytes -= old.entry.bytes;
        forget(old.entry);
        dropped.inc();
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }
}
