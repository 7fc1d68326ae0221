package io.amanuensis.operators.account;

import io.amanuensis.operators.element.CallKey;
import io.amanuensis.operators.element.CountedSound;
import io.amanuensis.operators.element.SettledSpan;
import io.amanuensis.schemas.CallRecord;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** One subtask of {@code account}. */
final class CallHarness extends KeyedTwoInputStreamOperatorTestHarness<CallKey, CountedSound, SettledSpan, CallRecord> {
    static final AccountSettings SETTINGS = new AccountSettings(Duration.ofSeconds(5), Duration.ofHours(1));
    static final long SETTLED_MS = SETTINGS.settleTime().toMillis();
    private static final int MAX_PARALLELISM = 128;

    private CallHarness(int parallelism, int index) throws Exception {
        super(
                new KeyedCoProcessOperator<>(new AccountFunction(SETTINGS)),
                CountedSound::callKey,
                SettledSpan::callKey,
                TypeInformation.of(CallKey.class),
                MAX_PARALLELISM,
                parallelism,
                index);
    }

    static CallHarness start() throws Exception {
        return start(false, 1, 0, 1, null, 0);
    }

    /** Subtask {@code index} of {@code parallelism}, of which {@code state} was taken at {@code oldParallelism}; null to start empty. */
    static CallHarness start(
            boolean rocksDb, int parallelism, int index, int oldParallelism, OperatorSubtaskState state, long nowMs)
            throws Exception {
        CallHarness harness = new CallHarness(parallelism, index);
        harness.setStateBackend(rocksDb ? rocksDb() : new HashMapStateBackend());
        harness.setCheckpointStorage(new JobManagerCheckpointStorage(64 << 20));
        harness.setup();
        if (state != null) {
            harness.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                    state, MAX_PARALLELISM, oldParallelism, parallelism, index));
        }
        harness.setProcessingTime(nowMs);
        harness.open();
        return harness;
    }

    /** The harness has a megabyte of managed memory, with which every write would be flushed to disk. */
    private static StateBackend rocksDb() {
        EmbeddedRocksDBStateBackend backend = new EmbeddedRocksDBStateBackend();
        backend.getMemoryConfiguration().setFixedMemoryPerSlot(MemorySize.ofMebiBytes(64));
        return backend;
    }

    static int subtaskOf(String callId, int parallelism) {
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(
                new CallKey("acme", callId), MAX_PARALLELISM, parallelism);
    }

    void take(Object event) throws Exception {
        if (event instanceof CountedSound sound) {
            processElement1(sound, 0);
        } else {
            processElement2((SettledSpan) event, 0);
        }
    }

    void takeAll(List<?> events) throws Exception {
        for (Object event : events) {
            take(event);
        }
    }

    void endInput() throws Exception {
        processWatermark1(Watermark.MAX_WATERMARK);
        processWatermark2(Watermark.MAX_WATERMARK);
    }

    /** Since the last call. */
    List<CallRecord> takeRecords() {
        List<CallRecord> records = extractOutputValues();
        getOutput().clear();
        return records;
    }
}
