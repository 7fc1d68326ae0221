package io.amanuensis.job.kafka;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows which readers are behind; there is a backlog while one is. */
final class BacklogEnumerator<SplitT extends SourceSplit, StateT> implements SplitEnumerator<SplitT, StateT> {
    private static final Logger LOG = LoggerFactory.getLogger(BacklogEnumerator.class);

    private final SplitEnumerator<SplitT, StateT> inner;
    private final Consumer<Boolean> backlog;
    private final Set<Integer> behind = new HashSet<>();

    /** @param backlog told of changes only; to begin with, there is none */
    BacklogEnumerator(SplitEnumerator<SplitT, StateT> inner, Consumer<Boolean> backlog) {
        this.inner = inner;
        this.backlog = backlog;
    }

    @Override
    public void handleSourceEvent(int subtaskId, SourceEvent event) {
        if (event instanceof BehindEvent reported) {
            see(subtaskId, reported.behind());
        } else {
            inner.handleSourceEvent(subtaskId, event);
        }
    }

    private void see(int subtaskId, boolean behindNow) {
        boolean before = !behind.isEmpty();
        if (behindNow) {
            behind.add(subtaskId);
        } else {
            behind.remove(subtaskId);
        }
        boolean now = !behind.isEmpty();
        if (now != before) {
            LOG.info(now ? "The input is old: catching up, with fewer checkpoints" : "Caught up with the input");
            backlog.accept(now);
        }
    }

    /** A reader that begins, or begins again, is not behind until it says so. */
    @Override
    public void addReader(int subtaskId) {
        see(subtaskId, false);
        inner.addReader(subtaskId);
    }

    @Override
    public void start() {
        inner.start();
    }

    @Override
    public void handleSplitRequest(int subtaskId, String requesterHostname) {
        inner.handleSplitRequest(subtaskId, requesterHostname);
    }

    @Override
    public void addSplitsBack(List<SplitT> splits, int subtaskId) {
        inner.addSplitsBack(splits, subtaskId);
    }

    @Override
    public StateT snapshotState(long checkpointId) throws Exception {
        return inner.snapshotState(checkpointId);
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
    public void close() throws IOException {
        inner.close();
    }
}
