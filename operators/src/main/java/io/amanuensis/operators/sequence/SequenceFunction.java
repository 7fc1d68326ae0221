package io.amanuensis.operators.sequence;

import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.ChannelKey;
import io.amanuensis.operators.element.OffsetRange;
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
 *   <li>A channel goes quiet while a segment is missing: its records no longer tell the time. Those of its partition do, and if
 *       nothing comes of that either, the wall clock: after {@code gapWait} the gap is given up ({@link #giveUpGap}). A timer that was
 *       set before a restore, or that fires late because the task was blocked, says nothing about the channel: the segment may sit
 *       in Kafka. It is set again for the full wait.
 *   <li>A channel is idle for {@code callIdleTimeout}: it ends ({@link #endIfIdle}), and goes on as another if more comes after all.
 *   <li>The input ends or nothing comes for {@code timeToLive}: what waits is handed out and the channel forgotten
 *       ({@link #close}). A segment of a forgotten channel counts as the first of a new one.
 * </ul>
 */
public final class SequenceFunction extends KeyedProcessFunction<ChannelKey, ReadRecord, Segment> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(SequenceFunction.class);
    private static final long WARN_INTERVAL_SECONDS = 10;
    /** Between two looks at a channel that may be idle. */
    private static final long MIN_IDLE_CHECK_MS = 1000;
    /** Between two looks at a gap whose partition goes on. */
    private static final long MIN_GAP_CHECK_MS = 100;

    private final SequenceSettings settings;

    private transient ValueState<ChannelOrder> orders;
    private transient MapState<Long, Segment> pending;
    private transient ValueState<GapAlarm> alarms;
    private transient ChannelLifetime lifetime;
    private transient PartitionClocks clocks;
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
        lifetime = new ChannelLifetime(getRuntimeContext(), settings.timeToLive());
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
        TimerService timers = context.timerService();
        long nowMs = timers.currentProcessingTime();
        clocks(nowMs).heard(record.segment.origin, record.segment.recordTimestampMs, nowMs);
        boolean waited = order.waiting();
        sequencer(context, out).accept(order, record.segment);
        watch(order, settings.callIdleTimeout().toMillis(), timers);
        orders.update(order);
        // A channel in order has no alarm, which need not be read to be known.
        if (waited || order.waiting()) {
            setAlarm(order, settings.gapWait().toMillis(), timers);
        }
        lifetime.heard(timers);
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
                ChannelOrder order = orders.value();
                if (order != null && order.idleTimerMs == timestamp) {
                    endIfIdle(order, context, out);
                }
            }
        }
    }

    /**
     * As for {@link #endIfIdle}: while records of the partition come, they tell the time, however slowly the job reads them.
     */
    private void giveUpGap(GapAlarm alarm, OnTimerContext context, Collector<Segment> out) throws Exception {
        ChannelOrder order = orders.value();
        TimerService timers = context.timerService();
        long nowMs = timers.currentProcessingTime();
        long waitMs = settings.gapWait().toMillis();
        PartitionClocks partitions = clocks(nowMs);
        boolean blocked = nowMs - alarm.timerMs >= waitMs;
        long leftMs = waitMs;
        if (alarm.instance == lifetime.instance() && !blocked) {
            OffsetRange origin = pending.get(order.pending.lowest()).origin;
            long leftByRecordsMs = waitMs - partitions.sinceMs(origin, order.pending.earliestMs());
            long leftByWallMs = partitions.heardMs(origin) + waitMs - nowMs;
            leftMs = Math.max(MIN_GAP_CHECK_MS, Math.min(leftByRecordsMs, leftByWallMs));
            if (leftByRecordsMs <= 0 || leftByWallMs <= 0) {
                sequencer(context, out)
                        .giveUp(order, leftByRecordsMs <= 0 ? GapReason.RECORD_CLOCK : GapReason.WALL_CLOCK);
                watch(order, settings.callIdleTimeout().toMillis(), timers);
                orders.update(order);
                leftMs = waitMs;
            }
        }
        alarms.clear();
        setAlarm(order, leftMs, timers);
    }

    /**
     * A channel is idle if nothing of it came by the wall clock, and that is not because its records are still in Kafka: the partition
     * has gone on for as long on the clock of its records, or is quiet itself. Right after a restore both count anew.
     */
    private void endIfIdle(ChannelOrder order, OnTimerContext context, Collector<Segment> out) throws Exception {
        long nowMs = context.timerService().currentProcessingTime();
        long idleMs = settings.callIdleTimeout().toMillis();
        boolean blocked = nowMs - order.idleTimerMs >= settings.gapWait().toMillis();
        long leftMs = lifetime.lastHeardMs() + idleMs - nowMs;
        if (order.open && leftMs <= 0) {
            long leftByRecordsMs = idleMs - clocks(nowMs).sinceMs(order.origin, order.recordMs);
            long leftByWallMs = clocks(nowMs).heardMs(order.origin) + idleMs - nowMs;
            leftMs = Math.min(leftByRecordsMs, leftByWallMs);
            if (leftMs <= 0 && !blocked) {
                sequencer(context, out).endIdle(order, leftByRecordsMs > 0);
                alarms.clear(); // nothing waits any more
            }
        }
        order.idleTimerMs = 0;
        watch(order, leftMs, context.timerService());
        orders.update(order);
    }

    /** A channel that is open has a timer. */
    private void watch(ChannelOrder order, long leftMs, TimerService timers) {
        if (order.open && order.idleTimerMs == 0) {
            order.idleTimerMs = timers.currentProcessingTime() + Math.max(MIN_IDLE_CHECK_MS, leftMs);
            timers.registerProcessingTimeTimer(order.idleTimerMs);
        }
    }

    private PartitionClocks clocks(long nowMs) {
        if (clocks == null) {
            clocks = new PartitionClocks(nowMs);
        }
        return clocks;
    }

    private void close(OnTimerContext context, Collector<Segment> out) throws Exception {
        ChannelOrder order = orders.value();
        sequencer(context, out).giveUpAll(order, GapReason.CLOSED);
        alarms.clear();
        context.timerService().deleteProcessingTimeTimer(order.idleTimerMs);
        orders.clear();
        lifetime.clear(context.timerService());
    }

    /** One alarm per gap: a new wait begins whenever another segment is the missing one. A timer without an alarm does nothing. */
    private void setAlarm(ChannelOrder order, long waitMs, TimerService timers) throws Exception {
        GapAlarm alarm = alarms.value();
        if (!order.waiting()) {
            alarms.clear();
        } else if (alarm == null || alarm.missing != order.nextSequence) {
            long timerMs = timers.currentProcessingTime() + waitMs;
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
        public Segment get(long sequence) throws Exception {
            return pending.get(sequence);
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
        public void idle(Segment end, boolean byWallClock) {
            metrics.channelsEndedIdle.inc();
            if (byWallClock) {
                metrics.channelsEndedIdleByWallClock.inc();
            }
            LOG.info(
                    "Channel {} ends: nothing came for {} behind {}{}.",
                    end.channel,
                    settings.callIdleTimeout(),
                    end.origin,
                    byWallClock ? ", by the wall clock" : "");
            out.collect(end);
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
