package io.amanuensis.operators.read;

import io.amanuensis.operators.element.ChannelKey;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.schemas.DeadLetter;

/** The output of {@code read}: a segment, or the dead letter of a record that holds none. Exactly one of the two is set. */
public final class ReadRecord {
    public Segment segment;
    public DeadLetter rejected;

    public ReadRecord() {}

    public static ReadRecord of(Segment segment) {
        ReadRecord record = new ReadRecord();
        record.segment = segment;
        return record;
    }

    public static ReadRecord rejected(DeadLetter deadLetter) {
        ReadRecord record = new ReadRecord();
        record.rejected = deadLetter;
        return record;
    }

    /** The segment's channel; for a rejected record its partition, since nothing more is known of it. */
    public ChannelKey key() {
        return segment != null
                ? segment.key()
                : new ChannelKey(
                        "",
                        rejected.getOrigin().getTopic(),
                        rejected.getOrigin().getPartition());
    }
}
