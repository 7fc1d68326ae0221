package io.amanuensis.operators.sequence;

import io.amanuensis.operators.element.OffsetRange;
import java.util.HashMap;
import java.util.Map;

/**
 * What time it is in each Kafka partition that a subtask hears of, by the timestamps of its records: all records of a call are in one
 * partition, so a channel of which nothing came while its partition's clock went on has really been quiet, however fast or slow the
 * job reads. Not state: after a restore the records to come tell the time anew. For one thread.
 */
final class PartitionClocks {
    private final long openedMs;
    private final Map<String, Clock> clocks = new HashMap<>();

    private static final class Clock {
        private long recordMs;
        private long heardMs;
    }

    /** @param openedMs processing time */
    PartitionClocks(long openedMs) {
        this.openedMs = openedMs;
    }

    /** @param nowMs processing time */
    void heard(OffsetRange origin, long recordMs, long nowMs) {
        Clock clock = clocks.computeIfAbsent(name(origin), any -> new Clock());
        // Not the latest of all: one timestamp from the future must not stop the clock for good.
        clock.recordMs = recordMs;
        clock.heardMs = nowMs;
    }

    /** How far the partition has come since a record of that timestamp; 0 if nothing later has been heard. */
    long sinceMs(OffsetRange origin, long recordMs) {
        Clock clock = clocks.get(name(origin));
        return clock == null ? 0 : Math.max(0, clock.recordMs - recordMs);
    }

    /** When a record of the partition was last heard, processing time; when the subtask opened, if none was. */
    long heardMs(OffsetRange origin) {
        Clock clock = clocks.get(name(origin));
        return clock == null ? openedMs : clock.heardMs;
    }

    private static String name(OffsetRange origin) {
        return origin.topic + '-' + origin.partition;
    }
}
