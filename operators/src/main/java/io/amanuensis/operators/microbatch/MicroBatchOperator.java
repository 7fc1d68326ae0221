package io.amanuensis.operators.microbatch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Gathers elements of any key into micro-batches for a {@link BatchFunction} on a thread of its own. What holds for elements in
 * flight is said at {@link InFlightOperator}. A {@link SpillingFunction} has a second thread: while the first is busy with all that
 * it takes, elements that have waited too long go there, and the operator holds two more batches, one that waits and one that
 * is computed there.
 *
 * @param <I> element in; immutable
 * @param <O> element out
 */
public final class MicroBatchOperator<I, O> extends InFlightOperator<I, O> {
    private static final long serialVersionUID = 1;

    /** One batch computes while the next stands ready, so that the batch thread never waits for a mail. */
    private static final int MAX_BATCHES_AT_WORK = 2;

    private final BatchFunction<I, O> function;
    private final MicroBatchSettings settings;
    private final BesideOutput<I, O, ?> beside;
    private final transient List<Gathered<I, O>> gathering;
    private final transient IntSupplier queue = this::backlog;

    private transient BatchThread<I, O> batchThread;
    private transient int batchesAtWork;
    private transient boolean waitOver;
    private transient boolean timerSet;
    private transient int notBegun; // elements of the batch that stands ready
    private transient volatile int backlog;
    private transient BatchThread<I, O> spillThread; // null if nothing is spilled
    private transient long spillAfterMs;
    private transient boolean spilling;
    private transient boolean spillTimerSet;

    private record Gathered<I, O>(Entry<I, O> entry, long sinceMs) {}

    /**
     * @param parameters those of the factory
     * @param beside may be null
     */
    MicroBatchOperator(
            StreamOperatorParameters<O> parameters,
            String stage,
            BatchFunction<I, O> function,
            MicroBatchSettings settings,
            BesideOutput<I, O, ?> beside,
            SizeBytes<I> sizeBytes) {
        super(parameters, stage, bounds(function, settings), sizeBytes);
        this.beside = beside;
        this.function = function;
        this.settings = settings;
        this.gathering = new ArrayList<>(settings.maxBatchSize());
    }

    private static InFlightBounds bounds(BatchFunction<?, ?> function, MicroBatchSettings settings) {
        return function instanceof SpillingFunction<?, ?> spilled && spilled.spill() != null
                ? new InFlightBounds(settings.maxInFlight() + 2 * settings.maxBatchSize(), settings.maxInFlightBytes())
                : settings.bounds();
    }

    @Override
    FunctionThread createThread(String name) {
        batchThread = new BatchThread<>(name, function, getUserCodeClassloader());
        if (function instanceof SpillingFunction<I, O> spilled && spilled.spill() != null) {
            spillThread = new BatchThread<>(name + " spill", spilled.spill(), getUserCodeClassloader());
            spillAfterMs = spilled.spillAfter().toMillis();
        }
        Backlog.add(queue);
        return batchThread;
    }

    @Override
    void opened(MetricGroup group) throws Exception {
        if (spillThread != null) {
            spillThread.open(group.addGroup("spill"));
        }
    }

    @Override
    void emitBeside(Entry<I, O> entry) {
        if (beside != null) {
            emitBeside(beside, entry);
        }
    }

    private <S> void emitBeside(BesideOutput<I, O, S> to, Entry<I, O> entry) {
        S record = to.of().apply(entry.element, entry.output());
        if (record != null) {
            output.collect(to.tag(), new StreamRecord<>(record));
        }
    }

    @Override
    int batchesAtWork() {
        return batchesAtWork;
    }

    @Override
    void accept(Entry<I, O> entry) {
        gathering.add(new Gathered<>(entry, now()));
        backlog = gathering.size() + notBegun;
    }

    /** Full batches, and a partial one whose wait is over, as long as the batch thread has room. */
    @Override
    void handOver() {
        while (batchesAtWork < MAX_BATCHES_AT_WORK && isReady()) {
            dispatch();
        }
        if (!gathering.isEmpty() && !waitOver && !timerSet) {
            timerSet = true;
            long due = now() + settings.maxWait().toMillis();
            getProcessingTimeService().registerTimer(due, time -> {
                timerSet = false;
                handOverLast();
            });
        }
        spill();
    }

    private void spill() {
        if (spillThread == null || spilling || batchesAtWork < MAX_BATCHES_AT_WORK || gathering.isEmpty()) {
            return;
        }
        long due = gathering.get(0).sinceMs + spillAfterMs;
        if (due <= now()) {
            spilling = true;
            List<Entry<I, O>> batch = takeBatch();
            backlog = gathering.size() + notBegun;
            spillThread.submit(
                    elements(batch),
                    batch.get(0).arrivedNanos,
                    result -> post(() -> onSpilled(batch, result), batch.size()));
        } else if (!spillTimerSet) {
            spillTimerSet = true;
            getProcessingTimeService().registerTimer(due, time -> {
                spillTimerSet = false;
                handOver();
            });
        }
    }

    private void onSpilled(List<Entry<I, O>> batch, BatchThread.Result<O> result) throws Exception {
        spilling = false;
        complete(batch, result);
    }

    @Override
    void handOverLast() {
        waitOver = !gathering.isEmpty();
        handOver();
    }

    private boolean isReady() {
        return gathering.size() >= settings.maxBatchSize() || (!gathering.isEmpty() && waitOver);
    }

    private void dispatch() {
        List<Entry<I, O>> batch = takeBatch();
        notBegun = batchesAtWork == 0 ? 0 : batch.size();
        batchesAtWork++;
        backlog = gathering.size() + notBegun;
        batchThread.submit(
                elements(batch),
                batch.get(0).arrivedNanos,
                result -> post(() -> onBatchDone(batch, result), batch.size()));
    }

    private List<Entry<I, O>> takeBatch() {
        List<Gathered<I, O>> first = gathering.subList(0, Math.min(settings.maxBatchSize(), gathering.size()));
        List<Entry<I, O>> batch = first.stream().map(Gathered::entry).toList();
        first.clear();
        waitOver &= !gathering.isEmpty();
        return batch;
    }

    private static <I> List<I> elements(List<? extends Entry<I, ?>> batch) {
        return batch.stream().<I>map(entry -> entry.element).toList();
    }

    private void onBatchDone(List<Entry<I, O>> batch, BatchThread.Result<O> result) throws Exception {
        batchesAtWork--;
        notBegun = 0;
        backlog = gathering.size();
        complete(batch, result);
    }

    private void complete(List<Entry<I, O>> batch, BatchThread.Result<O> result) throws Exception {
        asyncMetrics().called(batch.size(), batch.size(), batch.get(0).arrivedNanos, result.durationNanos());
        if (result.failure() != null) {
            asyncMetrics().failed();
            throw new Exception(stage() + " failed a batch of " + batch.size(), result.failure());
        }
        if (result.outputs().size() != batch.size()) {
            throw new IllegalStateException("%s answered a batch of %d with %d results"
                    .formatted(stage(), batch.size(), result.outputs().size()));
        }
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).complete(result.outputs().get(i));
        }
        handOver();
        emitDone();
    }

    private int backlog() {
        return backlog;
    }

    @Override
    public void close() throws Exception {
        Backlog.remove(queue);
        try {
            if (spillThread != null) {
                spillThread.close(CLOSE_TIMEOUT);
            }
        } finally {
            super.close();
        }
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }
}
