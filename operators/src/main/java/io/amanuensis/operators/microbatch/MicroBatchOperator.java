package io.amanuensis.operators.microbatch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;

/**
 * Gathers elements of any key into micro-batches for a {@link BatchFunction} on a thread of its own.
 *
 * <p>All state belongs to the mailbox thread; the batch thread sees lists made for it and answers by mail, so there are no
 * locks. Results leave in the order in which their elements came.
 *
 * <p>Exactly once: an element is in {@link #snapshotState} from its arrival until its result has been emitted, and emission
 * happens in the mailbox thread, never between a snapshot and its barrier. After a restore {@link #open} takes the elements
 * in again; list state is redistributed without regard to keys, hence a later keyed stage restores order.
 *
 * <p>Recovery cases: a call that throws fails the task from its mail ({@link #onBatchDone}); a cancelled task stops the
 * running call ({@link #close}); a bounded input and a stop with savepoint wait for what is in flight ({@link #endInput},
 * {@link #finish}).
 *
 * <p>A full operator must not hold up checkpoints (Flink's AsyncWaitOperator does, FLINK-39835). It takes the element in, so
 * that a snapshot would hold it, and only then waits in {@link #awaitRoom}, running every mail of the task meanwhile and not
 * just its own: an unaligned barrier is one of them. This is sound as long as the operators chained before this one have
 * nothing left to do for an element that they have emitted, which holds for {@code featurize} and for this operator itself.
 * The bounds are therefore exceeded by one element.
 *
 * @param <I> element in; immutable
 * @param <O> element out
 */
public final class MicroBatchOperator<I, O> extends AbstractStreamOperator<O>
        implements OneInputStreamOperator<I, O>, BoundedOneInput {
    private static final long serialVersionUID = 1;

    static final String STATE_NAME = "in-flight";

    /** One batch computes while the next stands ready, so that the batch thread never waits for a mail. */
    private static final int MAX_BATCHES_AT_WORK = 2;

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final String stage;
    private final BatchFunction<I, O> function;
    private final MicroBatchSettings settings;
    private final ToLongFunction<I> sizeBytes;
    private final transient MailboxExecutor mailbox;
    private final transient MailboxExecutor everyMail;

    private transient ListState<I> inFlightState;
    private transient ArrayDeque<Entry<I, O>> inFlight;
    private transient List<Entry<I, O>> gathering;
    private transient BatchThread<I, O> batchThread;
    private transient MicroBatchMetrics metrics;
    private transient long inFlightBytes;
    private transient int batchesAtWork;
    private transient boolean waitOver;
    private transient boolean timerSet;
    private transient boolean draining;
    private transient boolean emitting;

    /** @param parameters those of the factory */
    MicroBatchOperator(
            StreamOperatorParameters<O> parameters,
            String stage,
            BatchFunction<I, O> function,
            MicroBatchSettings settings,
            ToLongFunction<I> sizeBytes) {
        super(parameters);
        this.mailbox = parameters.getMailboxExecutor();
        this.everyMail =
                parameters.getContainingTask().getMailboxExecutorFactory().createExecutor(TaskMailbox.MIN_PRIORITY);
        this.stage = stage;
        this.function = function;
        this.settings = settings;
        this.sizeBytes = sizeBytes;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        TypeSerializer<I> serializer = getOperatorConfig().getTypeSerializerIn1(getUserCodeClassloader());
        inFlightState = context.getOperatorStateStore().getListState(new ListStateDescriptor<>(STATE_NAME, serializer));
        inFlight = new ArrayDeque<>();
        gathering = new ArrayList<>(settings.maxBatchSize());
    }

    @Override
    public void open() throws Exception {
        super.open();
        MetricGroup group = getMetricGroup().addGroup(stage);
        metrics = new MicroBatchMetrics(group);
        group.gauge("inflightBatches", () -> batchesAtWork);
        group.gauge("inflightRecords", () -> inFlight.size());
        group.gauge("inflightBytes", () -> inFlightBytes);
        batchThread = new BatchThread<>(
                stage + " " + getRuntimeContext().getTaskInfo().getTaskNameWithSubtasks(),
                function,
                getUserCodeClassloader());
        batchThread.open(group);
        for (I restored : inFlightState.get()) {
            admit(restored);
        }
        gather();
    }

    @Override
    public void processElement(StreamRecord<I> record) throws Exception {
        admit(record.getValue());
        gather();
        awaitRoom();
    }

    private void awaitRoom() throws Exception {
        while (isFull()) {
            waitOver = !gathering.isEmpty(); // no company can come
            gather();
            everyMail.yield();
        }
    }

    private boolean isFull() {
        return inFlight.size() > settings.maxInFlight()
                || (inFlight.size() > 1 && inFlightBytes > settings.maxInFlightBytes());
    }

    private void admit(I element) {
        Entry<I, O> entry = Entry.of(element, sizeBytes.applyAsLong(element), System.nanoTime());
        inFlight.add(entry);
        inFlightBytes += entry.bytes;
        gathering.add(entry);
    }

    /** Hands over full batches, and a partial one whose wait is over, as long as the batch thread has room. */
    private void gather() {
        while (batchesAtWork < MAX_BATCHES_AT_WORK && isReady()) {
            dispatch();
        }
        if (!gathering.isEmpty() && !waitOver && !timerSet && !draining) {
            timerSet = true;
            long due = getProcessingTimeService().getCurrentProcessingTime()
                    + settings.maxWait().toMillis();
            getProcessingTimeService().registerTimer(due, time -> {
                timerSet = false;
                waitOver = !gathering.isEmpty();
                gather();
            });
        }
    }

    private boolean isReady() {
        return gathering.size() >= settings.maxBatchSize() || (!gathering.isEmpty() && (waitOver || draining));
    }

    private void dispatch() {
        int size = Math.min(settings.maxBatchSize(), gathering.size());
        List<Entry<I, O>> batch = List.copyOf(gathering.subList(0, size));
        gathering.subList(0, size).clear();
        waitOver &= !gathering.isEmpty();
        batchesAtWork++;
        batchThread.submit(batch.stream().map(entry -> entry.element).toList(), result -> {
            try {
                mailbox.execute(() -> onBatchDone(batch, result), "%s: results of %s elements", stage, batch.size());
            } catch (RejectedExecutionException closed) {
                LOG.debug(
                        "{}: the task has ended; the results of {} elements are computed again after its restart",
                        stage,
                        batch.size());
            }
        });
    }

    private void onBatchDone(List<Entry<I, O>> batch, BatchThread.Result<O> result) throws Exception {
        batchesAtWork--;
        record(batch, result);
        if (result.failure() != null) {
            throw new Exception(stage + " failed a batch of " + batch.size(), result.failure());
        }
        if (result.outputs().size() != batch.size()) {
            throw new IllegalStateException("%s answered a batch of %d with %d results"
                    .formatted(stage, batch.size(), result.outputs().size()));
        }
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).output = result.outputs().get(i);
            batch.get(i).done = true;
        }
        gather();
        emitDone();
    }

    private void record(List<Entry<I, O>> batch, BatchThread.Result<O> result) {
        metrics.batchSize.update(batch.size());
        metrics.asyncCallDurationMs.update(result.durationNanos() / 1_000_000);
        metrics.batchLatencyMs.update((System.nanoTime() - batch.get(0).arrivedNanos) / 1_000_000);
        metrics.totalBatchesProcessed.inc();
        metrics.totalRecordsProcessed.inc(batch.size());
        if (result.failure() != null) {
            metrics.asyncCallFailures.inc();
        }
    }

    /**
     * An entry leaves the queue before its output goes downstream: if the operator there waits, it holds the element already, and
     * a snapshot taken meanwhile finds it there and not here. Mails of this operator that run meanwhile leave the emitting to
     * the loop that is under way.
     */
    private void emitDone() throws Exception {
        if (emitting) {
            return;
        }
        emitting = true;
        while (!inFlight.isEmpty() && inFlight.peek().done) {
            Entry<I, O> entry = inFlight.poll();
            inFlightBytes -= entry.bytes;
            if (entry.watermark != null) {
                super.processWatermark(entry.watermark);
            } else {
                output.collect(new StreamRecord<>(entry.output));
            }
        }
        emitting = false;
    }

    @Override
    public void processWatermark(Watermark watermark) throws Exception {
        if (inFlight.isEmpty()) {
            super.processWatermark(watermark);
        } else {
            inFlight.add(Entry.of(watermark));
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        List<I> elements = new ArrayList<>(inFlight.size());
        for (Entry<I, O> entry : inFlight) {
            if (entry.watermark == null) {
                elements.add(entry.element);
            }
        }
        inFlightState.update(elements);
    }

    @Override
    public void endInput() throws Exception {
        drain();
    }

    @Override
    public void finish() throws Exception {
        drain();
        super.finish();
    }

    private void drain() throws Exception {
        draining = true;
        gather();
        while (!inFlight.isEmpty()) {
            mailbox.yield();
        }
    }

    @Override
    public void close() throws Exception {
        try {
            if (batchThread != null) {
                batchThread.close(CLOSE_TIMEOUT);
            }
        } finally {
            super.close();
        }
    }

    /** An element or a watermark between arrival and emission. */
    private static final class Entry<I, O> {
        final I element;
        final Watermark watermark;
        final long bytes;
        final long arrivedNanos;
        O output;
        boolean done;

        private Entry(I element, Watermark watermark, long bytes, long arrivedNanos) {
            this.element = element;
            this.watermark = watermark;
            this.bytes = bytes;
            this.arrivedNanos = arrivedNanos;
            this.done = watermark != null;
        }

        static <I, O> Entry<I, O> of(I element, long bytes, long arrivedNanos) {
            return new Entry<>(element, null, bytes, arrivedNanos);
        }

        static <I, O> Entry<I, O> of(Watermark watermark) {
            return new Entry<>(null, watermark, 0, 0);
        }
    }
}
