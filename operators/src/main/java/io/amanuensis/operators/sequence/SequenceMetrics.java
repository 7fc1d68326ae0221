package io.amanuensis.operators.sequence;

import io.amanuensis.operators.Uids;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Counters of {@code sequence}, in the group of that name. */
public final class SequenceMetrics {
    /** Second copies, dropped. */
    public static final String SEGMENTS_DUPLICATE = "segmentsDuplicate";
    /** Segments that had to wait for an earlier one. */
    public static final String SEGMENTS_OUT_OF_ORDER = "segmentsOutOfOrder";
    /** Segments that never came in time, by sequence number. */
    public static final String SEGMENTS_MISSING = "segmentsMissing";
    /** Segments of a place already given up: dead letters. */
    public static final String SEGMENTS_LATE = "segmentsLate";
    /** Runs of missing segments given up. */
    public static final String GAPS_DECLARED = "gapsDeclared";
    /** Those of {@link #GAPS_DECLARED} that the wall clock decided, because the channel went quiet. */
    public static final String GAPS_DECLARED_BY_WALL_CLOCK = "gapsDeclaredByWallClock";
    /** Channels that nobody ended: nothing came for the idle timeout. */
    public static final String CHANNELS_ENDED_IDLE = "channelsEndedIdle";
    /** Those of {@link #CHANNELS_ENDED_IDLE} that the wall clock decided, because their whole partition went quiet. */
    public static final String CHANNELS_ENDED_IDLE_BY_WALL_CLOCK = "channelsEndedIdleByWallClock";
    /** Dead letters of this stage and, passed on, of {@code read}. */
    public static final String DEAD_LETTERS = "deadLetters";

    final Counter segmentsDuplicate;
    final Counter segmentsOutOfOrder;
    final Counter segmentsMissing;
    final Counter segmentsLate;
    final Counter gapsDeclared;
    final Counter gapsDeclaredByWallClock;
    final Counter channelsEndedIdle;
    final Counter channelsEndedIdleByWallClock;
    final Counter deadLetters;

    SequenceMetrics(MetricGroup operator) {
        MetricGroup group = operator.addGroup(Uids.SEQUENCE);
        segmentsDuplicate = group.counter(SEGMENTS_DUPLICATE);
        segmentsOutOfOrder = group.counter(SEGMENTS_OUT_OF_ORDER);
        segmentsMissing = group.counter(SEGMENTS_MISSING);
        segmentsLate = group.counter(SEGMENTS_LATE);
        gapsDeclared = group.counter(GAPS_DECLARED);
        gapsDeclaredByWallClock = group.counter(GAPS_DECLARED_BY_WALL_CLOCK);
        channelsEndedIdle = group.counter(CHANNELS_ENDED_IDLE);
        channelsEndedIdleByWallClock = group.counter(CHANNELS_ENDED_IDLE_BY_WALL_CLOCK);
        deadLetters = group.counter(DEAD_LETTERS);
    }
}
