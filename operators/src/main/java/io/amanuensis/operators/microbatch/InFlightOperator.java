package io.amanuensis.operators.microbatch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.operators.MailboxExecutor;
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
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * Elements of any key between their arrival and the emission of their results, while a thread of the operator's own computes
 * those. How it gets the elements is what {@link MicroBatchOperator}, {@link ContinuousOperator} and {@link OrderedOperator} differ in.
 *
 * <p>All state belongs to the mailbox thread; the other thread sees what is made for it and answers by mail, so there are no
 * locks. Results leave as soon as they are there: one that takes long holds up no other, only a watermark (but see {@link #inOrder}).
 *
 * <p>Exactly once: an element is in {@link #snapshotState} from its arrival until its result has been emitted, and emission
 * happens in the mailbox thread, never between a snapshot and its barrier. After a restore {@link #open} takes the elements
 * in again, whatever their keys; a later keyed stage restores the order. How they are written: {@link InFlightState}.
 *
 * <p>Recovery cases: work that throws fails the task from its mail; a cancelled task stops the running work ({@link #close}); a
 * bounded input and a stop with savepoint wait for what is in flight ({@link #endInput}, {@link #finish}).
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
abstract class InFlightOperator<I, O> extends AbstractStreamOperator<O>
        implements OneInputStreamOperator<I, O>, BoundedOneInput {
    private static final long serialVersionUID = 1;

    static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final String stage;
    private final InFlightBounds bounds;
    private final ToLongFunction<I> sizeBytes;
    private final transient MailboxExecutor mailbox;
    private final transient MailboxExecutor everyMail;

    private transient InFlightState<I> state;
    private transient List<I> restored;
    private transient ArrayDeque<Entry<I, O>> inFlight;
    private transient FunctionThread thread;
    private transient AsyncMetrics asyncMetrics;
    private transient long inFlightBytes;
    private transient boolean emitting;

    /** @param parameters those of the factory */
    InFlightOperator(
            StreamOperatorParameters<O> parameters, String stage, InFlightBounds bounds, SizeBytes<I> sizeBytes) {
        super(parameters);
        this.mailbox = parameters.getMailboxExecutor();
        this.everyMail =
                parameters.getContainingTask().getMailboxExecutorFactory().createExecutor(TaskMailbox.MIN_PRIORITY);
        this.stage = stage;
        this.bounds = bounds;
        this.sizeBytes = sizeBytes;
    }

    /** The thread that computes results; this class opens and closes it. */
    abstract FunctionThread createThread(String name);

    /** The thread has been opened. @param group the stage's metrics */
    void opened(MetricGroup group) throws Exception {}

    /** What goes beside the result, before it: it must not run mails, in which a snapshot would find the element nowhere. */
    void emitBeside(Entry<I, O> entry) {}

    /** Of elements in state; it must write a version. */
    TypeSerializer<I> stateSerializer() {
        return getOperatorConfig().getTypeSerializerIn1(getUserCodeClassloader());
    }

    /** Whether results leave in the order in which elements came, and not as they are done. */
    boolean inOrder() {
        return false;
    }

    final boolean isIdle() {
        return inFlight.isEmpty();
    }

    /** Batches at work, for the metrics. */
    abstract int batchesAtWork();

    /** An element has been taken in and waits to be handed over. */
    abstract void accept(Entry<I, O> entry);

    /** Hands over to the thread what it has room for. */
    abstract void handOver();

    /** The same, when nothing more can arrive until a result has left. */
    abstract void handOverLast();

    final String stage() {
        return stage;
    }

    final AsyncMetrics asyncMetrics() {
        return asyncMetrics;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        state = new InFlightState<>(stage, stateSerializer());
        restored = state.read(context);
        inFlight = new ArrayDeque<>();
    }

    @Override
    public void open() throws Exception {
        super.open();
        MetricGroup group = getMetricGroup().addGroup(stage);
        asyncMetrics = new AsyncMetrics(group);
        group.gauge("inflightBatches", this::batchesAtWork);
        group.gauge("inflightRecords", () -> inFlight.size());
        group.gauge("inflightBytes", () -> inFlightBytes);
        thread = createThread(stage + " " + getRuntimeContext().getTaskInfo().getTaskNameWithSubtasks());
        thread.open(group);
        opened(group);
        for (I element : restored) {
            admit(element);
        }
        restored = null;
        handOver();
    }

    @Override
    public void processElement(StreamRecord<I> record) throws Exception {
        admit(record.getValue());
        handOver();
        awaitRoom();
    }

    private void admit(I element) {
        Entry<I, O> entry = Entry.of(element, sizeBytes.applyAsLong(element), System.nanoTime());
        inFlight.add(entry);
        inFlightBytes += entry.bytes;
        accept(entry);
    }

    /** The entry is in flight no longer, whatever becomes of it. */
    final void forget(Entry<I, O> entry) {
        inFlight.remove(entry);
        inFlightBytes -= entry.bytes;
    }

    private void awaitRoom() throws Exception {
        while (isFull()) {
            handOverLast();
            everyMail.yield();
        }
    }

    private boolean isFull() {
        return inFlight.size() > bounds.elements() || (inFlight.size() > 1 && inFlightBytes > bounds.bytes());
    }

    /** For the thread: {@code mail} is to run in the mailbox thread. */
    final void post(ThrowingRunnable<Exception> mail, int elements) {
        try {
            mailbox.execute(mail, "%s: results of %s elements", stage, elements);
        } catch (RejectedExecutionException closed) {
            LOG.debug(
                    "{}: the task has ended; the results of {} elements are computed again after its restart",
                    stage,
                    elements);
        }
    }

    /**
     * An entry leaves the queue before its output goes downstream: if the operator there waits, it holds the element already, and
     * a snapshot taken meanwhile finds it there and not here. Mails of this operator that run meanwhile leave the emitting to
     * the loop that is under way.
     */
    final void emitDone() throws Exception {
        if (emitting) {
            return;
        }
        emitting = true;
        for (Entry<I, O> entry = pollDone(); entry != null; entry = pollDone()) {
            inFlightBytes -= entry.bytes;
            if (entry.watermark != null) {
                super.processWatermark(entry.watermark);
            } else {
                emitBeside(entry);
                output.collect(new StreamRecord<>(entry.output()));
            }
        }
        emitting = false;
    }

    /** Removes the first entry that may leave: done, and no watermark before it, nor anything at all before a watermark. Or null. */
    private Entry<I, O> pollDone() {
        for (Iterator<Entry<I, O>> entries = inFlight.iterator(); entries.hasNext(); ) {
            Entry<I, O> entry = entries.next();
            boolean first = entry == inFlight.peek();
            if (entry.isDone() && (first || entry.watermark == null)) {
                entries.remove();
                return entry;
            }
            if (entry.watermark != null || inOrder()) {
                return null;
            }
        }
        return null;
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
        List<I> elements = inFlight.stream()
                .map(entry -> entry.element)
                .filter(Objects::nonNull)
                .toList();
        state.write(elements, context);
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
        while (!inFlight.isEmpty()) {
            handOverLast();
            mailbox.yield();
        }
    }

    @Override
    public void close() throws Exception {
        try {
            if (thread != null) {
                thread.close(CLOSE_TIMEOUT);
            }
        } finally {
            super.close();
        }
    }
}
