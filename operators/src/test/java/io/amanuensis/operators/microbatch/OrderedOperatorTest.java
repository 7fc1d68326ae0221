package io.amanuensis.operators.microbatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class OrderedOperatorTest {
    private final Slow function = new Slow();

    /** Multiples of ten take as long as a test wants, and come back negative. */
    private static final class Slow implements OrderedFunction<Integer> {
        private static final long serialVersionUID = 1;
        final transient GatedFunction gate = new GatedFunction();

        @Override
        public boolean concerns(Integer element) {
            return element % 10 == 0;
        }

        @Override
        public List<Integer> apply(List<Integer> batch) throws Exception {
            gate.apply(batch);
            return batch.stream().map(n -> -n).toList();
        }

        @Override
        public void open(MetricGroup metrics) {}

        @Override
        public void cancel() {
            gate.cancel();
        }

        @Override
        public void close() {}
    }

    private static final class Harness extends OneInputStreamOperatorTestHarness<Integer, Integer> {
        Harness(Slow function, InFlightBounds bounds, int parallelism, int subtask) throws Exception {
            super(
                    new OrderedOperatorFactory<>(
                            "test", function, IntSerializer.INSTANCE, 2, bounds, n -> Integer.BYTES),
                    128,
                    parallelism,
                    subtask,
                    new OperatorID());
            config.setupNetworkInputs(IntSerializer.INSTANCE);
            config.serializeAllConfigs();
        }

        void process(int... elements) throws Exception {
            for (int element : elements) {
                processElement(element, 0);
            }
        }

        void runMail() throws Exception {
            getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();
        }
    }

    private Harness open() throws Exception {
        Harness harness = new Harness(function, new InFlightBounds(100, 1 << 20), 1, 0);
        harness.open();
        harness.runMail();
        return harness;
    }

    @Test
    void whatIsNotConcernedGoesStraightThroughUntilSomethingSlowIsUnderWay() throws Exception {
        try (Harness harness = open()) {
            harness.process(1, 2);
            assertThat(harness.extractOutputValues()).containsExactly(1, 2);
            harness.process(10, 3, 20, 4, 30, 5);
            assertThat(function.gate.awaitStart()).containsExactly(10);
            assertThat(harness.extractOutputValues()).containsExactly(1, 2);
            function.gate.release(1);
            harness.runMail();
            assertThat(harness.extractOutputValues()).containsExactly(1, 2, -10, 3);
            assertThat(function.gate.awaitStart()).containsExactly(20, 30);
            function.gate.release(1);
            harness.runMail();
            harness.process(6);
            assertThat(harness.extractOutputValues()).containsExactly(1, 2, -10, 3, -20, 4, -30, 5, 6);
        }
    }

    @Test
    void theEndOfTheInputWaitsForWhatIsUnderWay() throws Exception {
        try (Harness harness = open()) {
            harness.process(10, 1);
            function.gate.release(1);
            harness.endInput();
            assertThat(harness.extractOutputValues()).containsExactly(-10, 1);
        }
    }

    /** What was under way is done again, and what waited behind it still comes behind it. */
    @Test
    void theOrderSurvivesARestore() throws Exception {
        OperatorSubtaskState state;
        try (Harness harness = open()) {
            harness.process(10, 1, 2, 20, 3);
            state = harness.snapshot(1, 1);
            function.gate.release(2);
        }
        Slow second = new Slow();
        try (Harness restored = new Harness(second, new InFlightBounds(100, 1 << 20), 1, 0)) {
            restored.initializeState(state);
            restored.open();
            restored.process(4);
            second.gate.release(2);
            restored.endInput();
            assertThat(restored.extractOutputValues()).containsExactly(-10, 1, 2, -20, 3, 4);
        }
    }

    /** A subtask may get only elements that waited for one that another subtask has now. */
    @Test
    void nothingIsStuckAfterRescaling() throws Exception {
        OperatorSubtaskState state;
        try (Harness harness = open()) {
            harness.process(10);
            harness.process(IntStream.range(1, 9).toArray());
            state = harness.snapshot(1, 1);
            function.gate.release(1);
        }
        List<Integer> results = new ArrayList<>();
        for (int subtask = 0; subtask < 3; subtask++) {
            Slow second = new Slow();
            second.gate.release(1);
            try (Harness part = new Harness(second, new InFlightBounds(100, 1 << 20), 3, subtask)) {
                part.initializeState(
                        AbstractStreamOperatorTestHarness.repartitionOperatorState(state, 128, 1, 3, subtask));
                part.open();
                part.runMail();
                if (part.extractOutputValues().isEmpty()) {
                    part.runMail();
                }
                results.addAll(part.extractOutputValues());
            }
        }
        assertThat(results).containsExactlyInAnyOrder(-10, 1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void aFullOperatorWaits() throws Exception {
        try (Harness harness = new Harness(function, new InFlightBounds(2, 1 << 20), 1, 0)) {
            harness.open();
            harness.runMail();
            harness.process(10, 1);
            function.gate.release(1);
            harness.process(2); // would wait for good if nothing left meanwhile
            assertThat(harness.extractOutputValues()).containsExactly(-10, 1, 2);
        }
    }
}
