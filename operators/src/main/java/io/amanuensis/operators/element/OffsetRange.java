package io.amanuensis.operators.element;

import java.util.Objects;

/** The Kafka records of one partition that an element was made from, both offsets inclusive. Treated as immutable. */
public final class OffsetRange {
    public String topic;
    public int partition;
    public long firstOffset;
    public long lastOffset;

    public OffsetRange() {}

    public OffsetRange(String topic, int partition, long firstOffset, long lastOffset) {
        this.topic = topic;
        this.partition = partition;
        this.firstOffset = firstOffset;
        this.lastOffset = lastOffset;
    }

    /** The smallest range that holds both. A call's key keeps it in one partition; the later element's partition wins. */
    public OffsetRange union(OffsetRange later) {
        return new OffsetRange(
                later.topic,
                later.partition,
                Math.min(firstOffset, later.firstOffset),
                Math.max(lastOffset, later.lastOffset));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OffsetRange that
                && Objects.equals(topic, that.topic)
                && partition == that.partition
                && firstOffset == that.firstOffset
                && lastOffset == that.lastOffset;
    }

    @Override
    public int hashCode() {
        return Objects.hash(topic, partition, firstOffset, lastOffset);
    }

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + firstOffset + ".." + lastOffset;
    }
}
