package io.amanuensis.operators.lifetime;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.TimerService;

/**
 * Tells a keyed stage when a channel is over although nobody said so: nothing arrived for the idle timeout, or the bounded
 * input has ended (Flink then sends the watermark {@link Long#MAX_VALUE}, with or without a watermark strategy).
 *
 * <p>Timers rather than Flink's state TTL: expiring state vanishes without a word, and it may hold sound. A timer lets the
 * stage hand out what it holds first. The idle timeout runs on the wall clock, so a restored job would find every channel
 * idle for as long as it was down; a timer that another operator instance set is therefore set anew with the full timeout.
 *
 * <p>All methods work on the current key and are called from the task's thread only.
 */
public final class ChannelLifetime {
    /** Why a timer fired. */
    public enum Fired {
        /** Nothing is over: the timer was another's, or has been set anew. */
        NOTHING,
        IDLE,
        END_OF_INPUT
    }

    /** Keyed state. */
    public static final class Mark {
        /** When the channel was last heard, processing time. */
        public long lastHeardMs;
        /** When the idle timer fires. */
        public long timerMs;
        /** The operator instance that heard it. */
        public long instance;

        public Mark() {}
    }

    private static final long END_OF_INPUT_MS = Long.MAX_VALUE;

    private final long idleTimeoutMs;
    private final ValueState<Mark> marks;
    private final long instance = ThreadLocalRandom.current().nextLong();

    /** To be called from {@code open}. */
    public ChannelLifetime(RuntimeContext context, Duration idleTimeout) {
        this.idleTimeoutMs = idleTimeout.toMillis();
        this.marks = context.getState(new ValueStateDescriptor<>("lifetime", Mark.class));
    }

    /** Differs after every restore: state that bears another number was set before it. */
    public long instance() {
        return instance;
    }

    /** When the channel was last heard, processing time. It must have been. */
    public long lastHeardMs() throws IOException {
        return marks.value().lastHeardMs;
    }

    /** The channel is alive. To be called for each element. */
    public void heard(TimerService timers) throws IOException {
        Mark mark = marks.value();
        long nowMs = timers.currentProcessingTime();
        if (mark == null) {
            mark = new Mark();
            mark.timerMs = nowMs + idleTimeoutMs;
            timers.registerProcessingTimeTimer(mark.timerMs);
            timers.registerEventTimeTimer(END_OF_INPUT_MS);
        }
        mark.lastHeardMs = nowMs;
        mark.instance = instance;
        marks.update(mark);
    }

    /** To be called from {@code onTimer}. After IDLE and END_OF_INPUT the stage hands out what it holds and calls {@link #clear}. */
    public Fired fired(long timestampMs, TimeDomain domain, TimerService timers) throws IOException {
        Mark mark = marks.value();
        if (domain == TimeDomain.EVENT_TIME) {
            return Fired.END_OF_INPUT;
        }
        if (mark == null || timestampMs != mark.timerMs) {
            return Fired.NOTHING;
        }
        if (mark.instance != instance) {
            mark.lastHeardMs = timers.currentProcessingTime();
            mark.instance = instance;
        }
        long dueMs = mark.lastHeardMs + idleTimeoutMs;
        if (dueMs <= timestampMs) {
            return Fired.IDLE;
        }
        mark.timerMs = dueMs;
        timers.registerProcessingTimeTimer(dueMs);
        marks.update(mark);
        return Fired.NOTHING;
    }

    /** Forgets the channel and its timers. */
    public void clear(TimerService timers) throws IOException {
        Mark mark = marks.value();
        if (mark != null) {
            timers.deleteProcessingTimeTimer(mark.timerMs);
            timers.deleteEventTimeTimer(END_OF_INPUT_MS);
            marks.clear();
        }
    }
}
