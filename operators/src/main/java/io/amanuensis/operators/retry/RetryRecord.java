package io.amanuensis.operators.retry;

import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.schemas.DeadLetter;

/** What a record of the retry topic holds: a window, or the dead letter that says why not. Exactly one of the two is set. */
public final class RetryRecord {
    public PcmWindow window;
    public DeadLetter rejected;

    public RetryRecord() {}

    static RetryRecord of(PcmWindow window) {
        RetryRecord record = new RetryRecord();
        record.window = window;
        return record;
    }

    static RetryRecord rejected(DeadLetter deadLetter) {
        RetryRecord record = new RetryRecord();
        record.rejected = deadLetter;
        return record;
    }
}
