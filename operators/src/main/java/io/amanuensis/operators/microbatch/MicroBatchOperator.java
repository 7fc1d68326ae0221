package io.amanuensis.operators.microbatch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/**
 * Gathers elements of any key into micro-batches for a {@link BatchFunction} on a thread of its own. What holds for elements in
 * flight is said at {@link InFlightOperator}.
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
    private final transient List<Entry<I, O>> gathering;
    private final transient IntSupplier queue = this::backlog;

    private transient BatchThread<I, O> batchThread;
    private transient int batchesAtWork;
    private transient boolean waitOver;
    private transient boolean timerSet;
    private transient int notBegun; // elements of the batch that stands ready
    private transient volatile int backlog;

    /** @param parameters those of the factory */
    MicroBatchOperator(
            StreamOperatorParameters<O> parameters,
            String stage,
            BatchFunction<I, O> function,
            MicroBatchSettings settings,
            SizeBytes<I> sizeBytes) {
        super(parameters, stage, settings.bounds(), sizeBytes);
        this.function = function;
        this.settings = settings;
        this.gathering = new ArrayList<>(settings.maxBatchSize());
    }

    @Override
    FunctionThread createThread(String name) {
        batchThread = new BatchThread<>(name, function, getUserCodeClassloader());
        Backlog.add(queue);
        return batchThread;
    }

    @Override
    int batchesAtWork() {
        return batchesAtWork;
    }

    @Override
    void accept(Entry<I, O> entry) {
        gathering.add(entry);
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
            long due = getProcessingTimeService().getCurrentProcessingTime()
                    + settings.maxWait().toMillis();
            getProcessingTimeService().registerTimer(due, time -> {
                timerSet = false;
                handOverLast();
            });
        }
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
        int size = Math.min(settings.maxBatchSize(), gathering.size());
        List<Entry<I, O>> batch = List.copyOf(gathering.subList(0, size));
        gathering.subList(0, size).clear();
        waitOver &= !gathering.isEmpty();
        notBegun = batchesAtWork == 0 ? 0 : size;
        batchesAtWork++;
        backlog = gathering.size() + notBegun;
        batchThread.submit(
                batch.stream().map(entry -> entry.element).toList(),
                result -> post(() -> onBatchDone(batch, result), batch.size()));
    }

    private void onBatchDone(List<Entry<I, O>> batch, BatchThread.Result<O> result) throws Exception {
        batchesAtWork--;
        notBegun = 0;
        backlog = gathering.size();
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
        super.close();
    }
}
