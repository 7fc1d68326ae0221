package io.amanuensis.operators.microbatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Does something slow to some elements and lets the others by, all of them in the order in which they came. As long as nothing
 * slow is under way an element goes straight through. What holds for elements in flight is said at {@link InFlightOperator}.
 *
 * <p>Must be the first of its chain: a source that emits into it may not yet have counted what it emits.
 *
 * @param <T> element; immutable
 */
public final class OrderedOperator<T> extends InFlightOperator<T, T> {
    private static final long serialVersionUID = 1;

    private final OrderedFunction<T> function;
    private final TypeSerializer<T> stateSerializer;
    private final int maxBatchSize;
    private final transient ArrayDeque<Entry<T, T>> waiting = new ArrayDeque<>();

    private transient BatchThread<T, T> batchThread;
    private transient int batchesAtWork;

    /**
     * @param parameters those of the factory
     * @param stateSerializer writes a version
     * @param maxBatchSize elements that the function is given at once
     */
    OrderedOperator(
            StreamOperatorParameters<T> parameters,
            String stage,
            OrderedFunction<T> function,
            TypeSerializer<T> stateSerializer,
            int maxBatchSize,
            InFlightBounds bounds,
            SizeBytes<T> sizeBytes) {
        super(parameters, stage, bounds, sizeBytes);
        this.function = function;
        this.stateSerializer = stateSerializer;
        this.maxBatchSize = maxBatchSize;
    }

    @Override
    TypeSerializer<T> stateSerializer() {
        return stateSerializer;
    }

    @Override
    boolean inOrder() {
        return true;
    }

    @Override
    FunctionThread createThread(String name) {
        batchThread = new BatchThread<>(name, function, getUserCodeClassloader());
        return batchThread;
    }

    @Override
    int batchesAtWork() {
        return batchesAtWork;
    }

    /** What is restored may begin with elements that are done. */
    @Override
    public void open() throws Exception {
        super.open();
        post(this::emitDone, 0);
    }

    @Override
    public void processElement(StreamRecord<T> record) throws Exception {
        if (isIdle() && !function.concerns(record.getValue())) {
            output.collect(record);
        } else {
            super.processElement(record);
        }
    }

    @Override
    void accept(Entry<T, T> entry) {
        if (function.concerns(entry.element)) {
            waiting.add(entry);
        } else {
            entry.complete(entry.element);
        }
    }

    @Override
    void handOver() {
        if (batchesAtWork > 0 || waiting.isEmpty()) {
            return;
        }
        List<Entry<T, T>> batch = new ArrayList<>();
        while (batch.size() < maxBatchSize && !waiting.isEmpty()) {
            batch.add(waiting.poll());
        }
        batchesAtWork++;
        batchThread.submit(
                batch.stream().map(entry -> entry.element).toList(),
                batch.get(0).arrivedNanos,
                result -> post(() -> onBatchDone(batch, result), batch.size()));
    }

    @Override
    void handOverLast() {
        handOver();
    }

    private void onBatchDone(List<Entry<T, T>> batch, BatchThread.Result<T> result) throws Exception {
        batchesAtWork--;
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
}
