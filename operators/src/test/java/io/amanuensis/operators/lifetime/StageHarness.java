package io.amanuensis.operators.lifetime;

import io.amanuensis.operators.element.ChannelKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/** One subtask of a keyed stage, with everything that a test does to it. */
public final class StageHarness<I, O> implements AutoCloseable {
    private static final MemorySize ROCKSDB_MEMORY = MemorySize.ofMebiBytes(64);

    /** Where the state lives. */
    public enum Backend {
        HASHMAP,
        ROCKSDB;

        StateBackend create() {
            if (this == HASHMAP) {
                return new HashMapStateBackend();
            }
            EmbeddedRocksDBStateBackend backend = new EmbeddedRocksDBStateBackend();
            // The harness has a megabyte of managed memory, with which every write would be flushed to disk.
            backend.getMemoryConfiguration().setFixedMemoryPerSlot(ROCKSDB_MEMORY);
            return backend;
        }
    }

    private static final int MAX_PARALLELISM = 128;

    private final KeyedOneInputStreamOperatorTestHarness<ChannelKey, I, O> harness;

    /** Subtask {@code index} of {@code parallelism}, of which {@code state} was taken at {@code oldParallelism}; null to start empty. */
    public StageHarness(
            KeyedProcessFunction<ChannelKey, I, O> function,
            KeySelector<I, ChannelKey> key,
            Backend backend,
            int parallelism,
            int index,
            int oldParallelism,
            OperatorSubtaskState state,
            long processingTimeMs)
            throws Exception {
        harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(function),
                key,
                TypeInformation.of(ChannelKey.class),
                MAX_PARALLELISM,
                parallelism,
                index);
        harness.setStateBackend(backend.create());
        harness.setCheckpointStorage(new JobManagerCheckpointStorage(64 << 20));
        harness.setup();
        if (state != null) {
            harness.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                    state, MAX_PARALLELISM, oldParallelism, parallelism, index));
        }
        harness.setProcessingTime(processingTimeMs);
        harness.open();
    }

    public static <I, O> StageHarness<I, O> start(
            KeyedProcessFunction<ChannelKey, I, O> function, KeySelector<I, ChannelKey> key, Backend backend)
            throws Exception {
        return new StageHarness<>(function, key, backend, 1, 0, 1, null, 0);
    }

    /** Which subtask has the key. */
    public static int subtaskOf(ChannelKey key, int parallelism) {
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(key, MAX_PARALLELISM, parallelism);
    }

    public void process(I element) throws Exception {
        harness.processElement(new StreamRecord<>(element));
    }

    /** Fires the timers due; all of them see this time as the current one. */
    public void processingTime(long ms) throws Exception {
        harness.setProcessingTime(ms);
    }

    /** What Flink sends when a bounded source is exhausted. */
    public void endInput() throws Exception {
        harness.processWatermark(Watermark.MAX_WATERMARK);
    }

    public OperatorSubtaskState snapshot() throws Exception {
        return harness.snapshot(1, 0);
    }

    /** What the subtasks of a stage saved, as one. */
    public static OperatorSubtaskState merged(List<OperatorSubtaskState> states) throws Exception {
        return AbstractStreamOperatorTestHarness.repackageState(states.toArray(OperatorSubtaskState[]::new));
    }

    public int stateEntries() {
        return harness.numKeyedStateEntries();
    }

    public int timers() {
        return harness.numEventTimeTimers() + harness.numProcessingTimeTimers();
    }

    /** Since the last call. */
    public List<O> takeOutput() {
        List<O> taken = harness.extractOutputValues();
        harness.getOutput().clear();
        return taken;
    }

    /** Since the last call. */
    public <X> List<X> takeSide(OutputTag<X> tag) {
        Queue<StreamRecord<X>> queue = harness.getSideOutput(tag);
        List<X> taken = new ArrayList<>();
        while (queue != null && !queue.isEmpty()) {
            taken.add(queue.remove().getValue());
        }
        return taken;
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
