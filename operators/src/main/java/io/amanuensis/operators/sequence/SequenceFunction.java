package io.amanuensis.operators.sequence;

import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.ChannelKey;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.lifetime.ChannelLifetime;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.operators.read.ReadRecord;
import io.amanuensis.operators.sequence.SegmentSequencer.GapReason;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.DeadLetterCause;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stage {@code sequence}: a {@link SegmentSequencer} per channel. Dead letters, those of {@code read} among them, go to
 * {@link DeadLetters#TAG}.
 *
 * <ul>
 *   <li>A segment or a rejected record arrives: {@link #processElement}.
 *   <li>A channel goes quiet while a segment is missing: its records no longer tell the time, so after {@code gapWait} on the
 *       wall clock the gap is given up ({@link #giveUpGap}). A timer that was set before a restore, or that fires late because
 *       the task was blocked, says nothing about the channel: the segment may sit in Kafka. It is set again for the full wait.
 *   <li>The input ends or the channel is idle for {@code idleTimeout}: what waits is handed out and the channel forgotten
 *       ({@link #close}). A segment of a forgotten channel counts as the first of a new one.
 * </ul>
 */
public final class SequenceFunction extends KeyedProcessFunction<ChannelKey, ReadRecord, Segment> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(SequenceFunction.class);
    private static final long WARN_INTERVAL_SECONDS = 10;

    private final SequenceSettings settings;

    private transient ValueState<ChannelOrder> orders;
    private transient MapState<Long, Segment> pending;
    private transient ValueState<GapAlarm> alarms;
    private transient ChannelLifetime lifetime;
    private transient SequenceMetrics metrics;
    private transient WarnLimiter warnLimiter;

    public SequenceFunction(SequenceSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        orders = getRuntimeContext().getState(new ValueStateDescriptor<>("order", ChannelOrder.class));
        pending = getRuntimeContext().getMapState(new MapStateDescriptor<>("pending", Long.class, Segment.class));
        alarms = getRuntimeContext().getState(new ValueStateDescriptor<>("gap-alarm", GapAlarm.class));
        lifetime = new ChannelLifetime(getRuntimeContext(), settings.idleTimeout());
        metrics = new SequenceMetrics(getRuntimeContext().getMetricGroup());
        warnLimiter = new WarnLimiter(TimeUnit.SECONDS.toNanos(WARN_INTERVAL_SECONDS));
    }

    @Override
    public void processElement(ReadRecord record, Context context, Collector<Segment> out) throws Exception {
        if (record.rejected != null) {
            metrics.deadLetters.inc();
            context.output(DeadLetters.TAG, record.rejected);
            return;
        }
        ChannelOrder order = orders.value();
        if (order == null) {
            order = new ChannelOrder(record.segment.channel.streamEpoch);
        }
        boolean waited = order.waiting();
        sequencer(context, out).accept(order, record.segment);
        orders.update(order);
        // A channel in order has no alarm, which need not be read to be known.
        if (waited || order.waiting()) {
            setAlarm(order, context.timerService());
        }
        lifetime.heard(context.timerService());
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Segment> out) throws Exception {
        TimerService timers = context.timerService();
        switch (lifetime.fired(timestamp, context.timeDomain(), timers)) {
            case IDLE, END_OF_INPUT -> close(context, out);
            case NOTHING -> {
                GapAlarm alarm = alarms.value();
                if (alarm != null && alarm.timerMs == timestamp) {
                    giveUpGap(alarm, context, out);
                }
            }
        }
    }

    private void giveUpGap(GapAlarm alarm, OnTimerContext context, Collector<Segment> out) throws Exception {
        ChannelOrder order = orders.value();
        TimerService timers = context.timerService();
        boolean blocked = timers.currentProcessingTime() - alarm.timerMs
                >= settings.gapWait().toMillis();
        alarms.clear();
        if (alarm.instance == lifetime.instance() && !blocked) {
            sequencer(context, out).giveUp(order, GapReason.WALL_CLOCK);
            orders.update(order);
        }
        setAlarm(order, timers);
    }

    private void close(OnTimerContext context, Collector<Segment> out) throws Exception {
        sequencer(context, out).giveUpAll(orders.value(), GapReason.CLOSED);
        alarms.clear();
        orders.clear();
        lifetime.clear(context.timerService());
    }

    /** One alarm per gap: a new wait begins whenever another segment is the missing one. A timer without an alarm does nothing. */
    private void setAlarm(ChannelOrder order, TimerService timers) throws Exception {
        GapAlarm alarm = alarms.value();
        if (!order.waiting()) {
            alarms.clear();
        } else if (alarm == null || alarm.missing != order.nextSequence) {
            long timerMs = timers.currentProcessingTime() + settings.gapWait().toMillis();
            timers.registerProcessingTimeTimer(timerMs);
            alarms.update(new GapAlarm(order.nextSequence, timerMs, lifetime.instance()));
        }
    }

    private SegmentSequencer sequencer(Context context, Collector<Segment> out) {
        return new SegmentSequencer(settings, new StoredPending(), new Counted(context, out));
    }

    /** The current key's map. */
    private final class StoredPending implements SegmentSequencer.Pending {
        @Override
        public void put(Segment segment) throws Exception {
            pending.put(segment.sequence, segment);
        }

        @Override
        public Segment take(long sequence) throws Exception {
            Segment segment = pending.get(sequence);
            pending.remove(sequence);
            return segment;
        }
    }

    /** Emits, counts, warns. */
    private final class Counted implements SegmentSequencer.Output {
        private final Context context;
        private final Collector<Segment> out;

        private Counted(Context context, Collector<Segment> out) {
            this.context = context;
            this.out = out;
        }

        @Override
        public void emit(Segment segment) {
            out.collect(segment);
        }

        @Override
        public void reject(Segment segment, DeadLetterCause cause, String message) {
            metrics.deadLetters.inc();
            if (cause == DeadLetterCause.LATE_SEGMENT) {
                metrics.segmentsLate.inc();
            }
            DeadLetter letter = DeadLetters.ofSegment(Uids.SEQUENCE, cause, message, segment);
            context.output(DeadLetters.TAG, letter);
        }

        @Override
        public void duplicate(Segment segment) {
            metrics.segmentsDuplicate.inc();
        }

        @Override
        public void early(Segment segment) {
            metrics.segmentsOutOfOrder.inc();
        }

        @Override
        public void gap(long first, long last, Segment next, GapReason reason) {
            metrics.gapsDeclared.inc();
            metrics.segmentsMissing.inc(last - first + 1);
            if (reason == GapReason.WALL_CLOCK) {
                metrics.gapsDeclaredByWallClock.inc();
            }
            long held = warnLimiter.tryWarn(System.nanoTime());
            if (held >= 0) {
                LOG.warn(
                        "Channel {}: segments {} to {} are missing ({}); going on at {}. {} such warnings held back.",
                        next.channel,
                        first,
                        last,
                        reason,
                        next.origin,
                        held);
            }
        }
    }
}
