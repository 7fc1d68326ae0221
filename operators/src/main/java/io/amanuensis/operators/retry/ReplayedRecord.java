package io.amanuensis.operators.retry;

import io.amanuensis.operators.element.SettledSpan;
import io.amanuensis.schemas.DeadLetter;

/** What a record of the replayed topic holds: news of a span, or the dead letter that says why not. Exactly one of the two is set. */
public final class ReplayedRecord {
    public SettledSpan span;
    public DeadLetter rejected;

    public ReplayedRecord() {}

    static ReplayedRecord of(SettledSpan span) {
        ReplayedRecord record = new ReplayedRecord();
        record.span = span;
        return record;
    }

    static ReplayedRecord rejected(DeadLetter deadLetter) {
        ReplayedRecord record = new ReplayedRecord();
        record.rejected = deadLetter;
        return record;
    }
}
