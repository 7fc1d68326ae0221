package io.amanuensis.job.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;

/**
 * Looks at the time of each record that a reader passes on, and reports when records become old and when they are new again: younger
 * than half of what is old, so that a reader at the limit does not change its mind with every record. At the end of its input it
 * is not behind.
 */
final class BacklogReader<T, SplitT extends SourceSplit> implements SourceReader<T, SplitT> {
    private final SourceReader<T, SplitT> inner;
    private final long backlogAfterMs;
    private final LongSupplier clock;
    private final Consumer<Boolean> report;
    private ReaderOutput<T> plain;
    private ReaderOutput<T> watched;
    private boolean behind;

    /**
     * @param clock milliseconds since 1970, as the times of records
     * @param report told of changes only; to begin with, it is not behind
     */
    BacklogReader(SourceReader<T, SplitT> inner, Duration backlogAfter, LongSupplier clock, Consumer<Boolean> report) {
        this.inner = inner;
        this.backlogAfterMs = backlogAfter.toMillis();
        this.clock = clock;
        this.report = report;
    }

    @Override
    public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
        if (output != plain) {
            plain = output;
            watched = new WatchedReaderOutput(output);
        }
        InputStatus status = inner.pollNext(watched);
        if (status == InputStatus.END_OF_INPUT) {
            change(false);
        }
        return status;
    }

    private void see(long timestamp) {
        long age = clock.getAsLong() - timestamp;
        change(age > (behind ? backlogAfterMs / 2 : backlogAfterMs));
    }

    private void change(boolean behindNow) {
        if (behindNow != behind) {
            behind = behindNow;
            report.accept(behind);
        }
    }

    @Override
    public void start() {
        inner.start();
    }

    @Override
    public List<SplitT> snapshotState(long checkpointId) {
        return inner.snapshotState(checkpointId);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return inner.isAvailable();
    }

    @Override
    public void addSplits(List<SplitT> splits) {
        inner.addSplits(splits);
    }

    @Override
    public void notifyNoMoreSplits() {
        inner.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        inner.handleSourceEvents(event);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        inner.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        inner.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> pause, Collection<String> resume) {
        inner.pauseOrResumeSplits(pause, resume);
    }

    @Override
    public void close() throws Exception {
        inner.close();
    }

    private class WatchedOutput<OutputT extends SourceOutput<T>> implements SourceOutput<T> {
        final OutputT output;

        WatchedOutput(OutputT output) {
            this.output = output;
        }

        @Override
        public void collect(T record) {
            output.collect(record);
        }

        @Override
        public void collect(T record, long timestamp) {
            output.collect(record, timestamp);
            see(timestamp);
        }

        @Override
        public void emitWatermark(Watermark watermark) {
            output.emitWatermark(watermark);
        }

        @Override
        public void markIdle() {
            output.markIdle();
        }

        @Override
        public void markActive() {
            output.markActive();
        }
    }

    private final class WatchedReaderOutput extends WatchedOutput<ReaderOutput<T>> implements ReaderOutput<T> {
        WatchedReaderOutput(ReaderOutput<T> output) {
            super(output);
        }

        @Override
        public SourceOutput<T> createOutputForSplit(String splitId) {
            return new WatchedOutput<>(output.createOutputForSplit(splitId));
        }

        @Override
        public void releaseOutputForSplit(String splitId) {
            output.releaseOutputForSplit(splitId);
        }
    }
}
