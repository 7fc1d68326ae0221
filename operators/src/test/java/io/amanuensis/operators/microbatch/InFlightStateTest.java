package io.amanuensis.operators.microbatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataOutputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.OperatorStateCheckpointOutputStream;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** What is in flight, from snapshot to restore, in every form that it was ever written in. */
class InFlightStateTest {
    private static final MicroBatchSettings SETTINGS = new MicroBatchSettings(100, Duration.ofMillis(20), 200, 1 << 20);

    @Test
    void everyElementIsAPartitionOfVersionAndBytes() throws Exception {
        OperatorSubtaskState state =
                snapshot(inFlight(OperatorSubtaskState.builder().build(), 7, 0x01020304));
        assertThat(state.getManagedOperatorState()).isEmpty();
        OperatorStateHandle raw = state.getRawOperatorState().iterator().next();
        assertThat(raw.getStateNameToPartitionOffsets()
                        .values()
                        .iterator()
                        .next()
                        .getOffsets())
                .containsExactly(0, 8);
        try (InputStream bytes = raw.openInputStream()) {
            assertThat(bytes.readAllBytes()).containsExactly(0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 1, 1, 2, 3, 4);
        }
    }

    @Test
    void nothingInFlightWritesNothing() throws Exception {
        OperatorSubtaskState state =
                snapshot(inFlight(OperatorSubtaskState.builder().build()));
        assertThat(state.getRawOperatorState()).isEmpty();
        assertThat(state.getManagedOperatorState()).isEmpty();
    }

    @Test
    void elementsAreSpreadOverThreeSubtasksAndTwoAndNoneIsLostOrDoubled() throws Exception {
        int[] elements = IntStream.range(0, 50).toArray();
        OperatorSubtaskState one =
                snapshot(inFlight(OperatorSubtaskState.builder().build(), elements));
        OperatorSubtaskState three = rescaled(one, 1, 3);
        OperatorSubtaskState two = rescaled(three, 3, 2);
        List<String> results = new ArrayList<>();
        for (int subtask = 0; subtask < 2; subtask++) {
            List<String> part = results(part(two, 2, 2, subtask), 2, subtask);
            assertThat(part).hasSizeBetween(20, 30);
            results.addAll(part);
        }
        assertThat(results).containsExactlyInAnyOrderElementsOf(strings(0, 50));
    }

    @Test
    void listStateOfOldSavepointsIsReadOnceAndWrittenInTheNewForm() throws Exception {
        OperatorSubtaskState old = writtenBy(new ListStateWriter(), 1, 2, 3);
        assertThat(old.getManagedOperatorState()).hasSize(1);
        assertThat(old.getRawOperatorState()).isEmpty();

        OperatorSubtaskState again = snapshot(inFlight(old, 4));
        assertThat(again.getRawOperatorState()).hasSize(1);
        assertThat(results(again, 1, 0)).containsExactlyInAnyOrderElementsOf(strings(1, 5));
    }

    @Test
    void stateOfANewerBuildIsRefused() throws Exception {
        OperatorSubtaskState newer = writtenBy(new NewerWriter(), 1);
        assertThatThrownBy(() -> results(newer, 1, 0))
                .hasStackTraceContaining("test: in-flight state of version 2, this build reads up to 1. Restore with");
    }

    /** An operator restored from {@code state} that has taken in {@code elements} too and whose work is held. */
    private static Harness inFlight(OperatorSubtaskState state, int... elements) throws Exception {
        Harness harness = new Harness(new GatedFunction(), 1, 0);
        harness.initializeState(state);
        harness.open();
        for (int element : elements) {
            harness.processElement(element, 0);
        }
        return harness;
    }

    private static OperatorSubtaskState snapshot(Harness harness) throws Exception {
        OperatorSubtaskState state = harness.snapshot(1, 1);
        harness.getOperator().close(); // without the end of input that the harness's close brings
        return state;
    }

    /** Restored with another parallelism, and saved again at once by each subtask. */
    private static OperatorSubtaskState rescaled(OperatorSubtaskState state, int from, int to) throws Exception {
        List<OperatorSubtaskState> parts = new ArrayList<>();
        for (int subtask = 0; subtask < to; subtask++) {
            Harness harness = new Harness(new GatedFunction(), to, subtask);
            harness.initializeState(part(state, from, to, subtask));
            harness.open();
            parts.add(snapshot(harness));
        }
        return AbstractStreamOperatorTestHarness.repackageState(parts.toArray(OperatorSubtaskState[]::new));
    }

    private static OperatorSubtaskState part(OperatorSubtaskState state, int from, int to, int subtask) {
        return AbstractStreamOperatorTestHarness.repartitionOperatorState(state, 128, from, to, subtask);
    }

    private static List<String> results(OperatorSubtaskState state, int parallelism, int subtask) throws Exception {
        try (Harness harness = new Harness(new GatedFunction().release(1), parallelism, subtask)) {
            harness.initializeState(state);
            harness.open();
            harness.endInput();
            return List.copyOf(harness.extractOutputValues());
        }
    }

    private static List<String> strings(int from, int to) {
        return IntStream.range(from, to).mapToObj(n -> n + "!").toList();
    }

    private static OperatorSubtaskState writtenBy(Writer writer, int... elements) throws Exception {
        try (var harness = new OneInputStreamOperatorTestHarness<Integer, Integer>(writer, 128, 1, 0)) {
            harness.open();
            for (int element : elements) {
                harness.processElement(element, 0);
            }
            return harness.snapshot(1, 1);
        }
    }

    private static final class Harness extends OneInputStreamOperatorTestHarness<Integer, String> {
        Harness(GatedFunction function, int parallelism, int subtask) throws Exception {
            super(
                    new MicroBatchOperatorFactory<>("test", function, SETTINGS, n -> Integer.BYTES),
                    128,
                    parallelism,
                    subtask,
                    new OperatorID());
            config.setupNetworkInputs(IntSerializer.INSTANCE);
            config.serializeAllConfigs();
            setProcessingTime(0);
        }
    }

    /** Keeps what arrives. */
    private abstract static class Writer extends AbstractStreamOperator<Integer>
            implements OneInputStreamOperator<Integer, Integer> {
        private static final long serialVersionUID = 1;

        final List<Integer> elements = new ArrayList<>();

        @Override
        public void processElement(StreamRecord<Integer> record) {
            elements.add(record.getValue());
        }
    }

    /** As builds before raw state did. */
    private static final class ListStateWriter extends Writer {
        private static final long serialVersionUID = 1;

        @Override
        public void snapshotState(StateSnapshotContext context) throws Exception {
            getOperatorStateBackend()
                    .getListState(new ListStateDescriptor<>("in-flight", IntSerializer.INSTANCE))
                    .update(elements);
        }
    }

    private static final class NewerWriter extends Writer {
        private static final long serialVersionUID = 1;

        @Override
        public void snapshotState(StateSnapshotContext context) throws Exception {
            OperatorStateCheckpointOutputStream stream = context.getRawOperatorStateOutput();
            stream.startNewPartition();
            new DataOutputStream(stream).writeInt(InFlightState.VERSION + 1);
        }
    }
}
