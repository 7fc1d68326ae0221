package io.amanuensis.operators.microbatch;

import org.apache.flink.streaming.api.watermark.Watermark;

/** An element or a watermark between arrival and emission. Belongs to the mailbox thread. */
final class Entry<I, O> {
    final I element;
    final Watermark watermark;
    final long bytes;
    final long arrivedNanos;
    private O output;
    private boolean done;

    private Entry(I element, Watermark watermark, long bytes, long arrivedNanos) {
        this.element = element;
        this.watermark = watermark;
        this.bytes = bytes;
        this.arrivedNanos = arrivedNanos;
        this.done = watermark != null;
    }

    static <I, O> Entry<I, O> of(I element, long bytes, long arrivedNanos) {
        return new Entry<>(element, null, bytes, arrivedNanos);
    }

    static <I, O> Entry<I, O> of(Watermark watermark) {
        return new Entry<>(null, watermark, 0, 0);
    }

    void complete(O result) {
        output = result;
        done = true;
    }

    boolean isDone() {
        return done;
    }

    O output() {
        return output;
    }
}
