package io.amanuensis.operators.sequence;

/** When the wall clock is to give up a channel's gap: keyed state. */
public final class GapAlarm {
    /** The missing sequence that the alarm is about. */
    public long missing;
    /** When its timer fires, processing time. */
    public long timerMs;
    /** The operator instance that set it. */
    public long instance;

    public GapAlarm() {}

    GapAlarm(long missing, long timerMs, long instance) {
        this.missing = missing;
        this.timerMs = timerMs;
        this.instance = instance;
    }
}
