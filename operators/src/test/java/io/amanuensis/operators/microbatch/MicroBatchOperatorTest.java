package io.amanuensis.operators.microbatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.apache.flink.util.function.ThrowingRunnable;
import org.junit.jupiter.api.Test;

class MicroBatchOperatorTest {
    private static final Duration WAIT = Duration.ofMillis(20);
    private static final MicroBatchSettings BATCHES_OF_THREE = new MicroBatchSettings(3, WAIT, 9, 1 << 20);

    private final GatedFunction function = new GatedFunction();

    @Test
    void fullBatchLeavesAtOnceAndPartialOneWhenItsWaitIsOver() throws Exception {
        try (Harness harness = open(BATCHES_OF_THREE)) {
            harness.process(1, 2, 3, 4);
            assertThat(function.awaitStart()).containsExactly(1, 2, 3);
            harness.setProcessingTime(WAIT.toMillis() - 1);
            function.release(1);
            harness.runMail();
            assertThat(function.started).isEmpty();

            harness.setProcessingTime(WAIT.toMillis());
            assertThat(function.awaitStart()).containsExactly(4);
            function.release(1);
            harness.runMail();
            assertThat(harness.results()).containsExactly("1!", "2!", "3!", "4!");
        }
    }

    @Test
    void anotherBatchFillsAndACheckpointCompletesWhileACallIsHeld() throws Exception {
        OperatorSubtaskState snapshot;
        try (Harness harness = open(BATCHES_OF_THREE)) {
            harness.process(1, 2, 3);
            function.awaitStart();
            harness.process(4, 5, 6);
            snapshot = harness.snapshot(1, 1);
            assertThat(harness.results()).isEmpty();
            function.release(2);
            harness.runMail();
            harness.runMail();
            assertThat(harness.results()).containsExactly("1!", "2!", "3!", "4!", "5!", "6!");
        }
        GatedFunction second = new GatedFunction().release(2);
        try (Harness restored = new Harness(second, BATCHES_OF_THREE, 1, 0)) {
            restored.initializeState(snapshot);
            restored.open();
            restored.runMail();
            restored.runMail();
            assertThat(restored.results()).containsExactly("1!", "2!", "3!", "4!", "5!", "6!");
        }
    }

    @Test
    void whatIsInFlightSurvivesRescalingFromOneToThreeToTwo() throws Exception {
        OperatorSubtaskState one;
        try (Harness harness = open(new MicroBatchSettings(100, WAIT, 200, 1 << 20))) {
            harness.process(IntStream.range(0, 50).toArray());
            one = harness.snapshot(1, 1);
            function.release(1);
        }
        OperatorSubtaskState three = rescale(one, 1, 3);
        OperatorSubtaskState two = rescale(three, 3, 2);
        List<String> results = new ArrayList<>();
        for (int subtask = 0; subtask < 2; subtask++) {
            results.addAll(drained(two, 2, 2, subtask));
        }
        assertThat(results)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 50).mapToObj(n -> n + "!").toList());
    }

    @Test
    void fullOperatorTakesNoMoreUntilABatchEnds() throws Exception {
        MicroBatchSettings narrow = new MicroBatchSettings(1, WAIT, 2, 1 << 20);
        try (Harness harness = open(narrow)) {
            harness.process(1, 2);
            function.awaitStart();
            function.release(1);
            harness.process(3); // returns only because the mail of the first batch makes room
            assertThat(harness.results()).containsExactly("1!");
            function.release(2);
        }
    }

    @Test
    void fullOperatorRunsTheTasksOwnMailsWithTheElementInItsState() throws Exception {
        MicroBatchSettings narrow = new MicroBatchSettings(1, WAIT, 2, 1 << 20);
        try (Harness harness = open(narrow)) {
            harness.process(1, 2);
            function.awaitStart();
            List<OperatorSubtaskState> snapshots = new ArrayList<>();
            harness.taskMail(() -> {
                snapshots.add(harness.snapshot(1, 1));
                function.release(3);
            });
            harness.process(3);
            assertThat(drained(snapshots.get(0), 1, 1, 0)).containsExactly("1!", "2!", "3!");
        }
    }

    @Test
    void bytesInFlightAreBoundedToo() throws Exception {
        MicroBatchSettings twoElements = new MicroBatchSettings(1, WAIT, 100, 2 * Integer.BYTES);
        try (Harness harness = open(twoElements)) {
            harness.process(1, 2);
            function.release(1);
            harness.process(3);
            assertThat(harness.results()).containsExactly("1!");
            function.release(2);
        }
    }

    @Test
    void endOfInputWaitsForAllAndKeepsTheWatermarkBehindThem() throws Exception {
        function.release(2);
        try (Harness harness = open(BATCHES_OF_THREE)) {
            harness.process(1, 2, 3, 4);
            harness.processWatermark(Long.MAX_VALUE);
            harness.endInput();
            assertThat(harness.results()).containsExactly("1!", "2!", "3!", "4!");
            assertThat(harness.getOutput()).last().hasToString("Watermark @ 9223372036854775807");
        }
    }

    @Test
    void failedCallFailsTheTask() throws Exception {
        function.release(1);
        Harness harness = open(BATCHES_OF_THREE);
        harness.process(1, GatedFunction.POISON, 3);
        assertThatThrownBy(harness::runMail).hasMessageContaining("batch of 3").hasRootCauseMessage("poison");
        harness.getOperator().close(); // as a failed task does; the harness's close would finish the input first
    }

    @Test
    void closingCancelsTheRunningCallAndClosesTheFunction() throws Exception {
        Harness harness = open(BATCHES_OF_THREE);
        harness.process(1, 2, 3);
        function.awaitStart();
        harness.getOperator().close();
        assertThat(function.closed).isTrue();
    }

    /** The device is busy with one batch, another stands ready: what waits longer than it may goes elsewhere. */
    @Test
    void elementsThatWaitTooLongGoToTheSecondFunction() throws Exception {
        GatedFunction second = new GatedFunction();
        try (Harness harness = new Harness(new Spilling(function, second), BATCHES_OF_THREE, 1, 0)) {
            harness.setProcessingTime(0);
            harness.open();
            harness.process(IntStream.rangeClosed(1, 10).toArray());
            assertThat(function.awaitStart()).containsExactly(1, 2, 3);
            harness.setProcessingTime(Spilling.AFTER.toMillis() - 1);
            assertThat(second.started).isEmpty();

            harness.setProcessingTime(Spilling.AFTER.toMillis());
            assertThat(second.awaitStart()).containsExactly(7, 8, 9);
            second.release(1);
            harness.runMail();
            assertThat(harness.results()).containsExactly("7!", "8!", "9!");
            assertThat(second.awaitStart()).as("one batch at a time").containsExactly(10);

            second.release(1);
            function.release(2);
            harness.endInput();
            assertThat(harness.results()).containsExactlyInAnyOrderElementsOf(all(10));
        }
        assertThat(second.closed).isTrue();
    }

    @Test
    void nothingIsSpilledWhileTheFirstFunctionHasRoom() throws Exception {
        GatedFunction second = new GatedFunction();
        MicroBatchSettings patient = new MicroBatchSettings(3, Duration.ofHours(1), 9, 1 << 20);
        try (Harness harness = new Harness(new Spilling(function, second), patient, 1, 0)) {
            harness.setProcessingTime(0);
            harness.open();
            harness.process(1, 2, 3, 4);
            harness.setProcessingTime(Spilling.AFTER.toMillis() + 1);
            assertThat(second.started).isEmpty();
            function.release(2);
        }
    }

    /** What the second function cannot take yet goes on to fill a batch, and may still go to the first. */
    @Test
    void oneBatchAtATimeIsSpilled() throws Exception {
        GatedFunction second = new GatedFunction();
        try (Harness harness = new Harness(new Spilling(function, second), BATCHES_OF_THREE, 1, 0)) {
            harness.setProcessingTime(0);
            harness.open();
            harness.process(1, 2, 3, 4, 5, 6, 7);
            harness.setProcessingTime(Spilling.AFTER.toMillis());
            assertThat(second.awaitStart()).containsExactly(7);
            harness.process(8);
            harness.setProcessingTime(2 * Spilling.AFTER.toMillis());
            harness.process(9);
            second.release(1);
            harness.runMail();
            assertThat(second.awaitStart()).containsExactly(8, 9);
            function.release(2);
            second.release(1);
            harness.endInput();
        }
    }

    @Test
    void secondFunctionsFailureFailsTheTask() throws Exception {
        GatedFunction second = new GatedFunction().release(1);
        Harness harness = new Harness(new Spilling(function, second), BATCHES_OF_THREE, 1, 0);
        harness.setProcessingTime(0);
        harness.open();
        harness.process(1, 2, 3, 4, 5, 6, 7, GatedFunction.POISON);
        harness.setProcessingTime(Spilling.AFTER.toMillis());
        assertThatThrownBy(harness::runMail).hasMessageContaining("batch of 2").hasRootCauseMessage("poison");
        harness.getOperator().close();
    }

    /** The device may hold its batches for ever: no more than these, what waits and what is spilled is in flight. */
    @Test
    void whatIsSpilledIsInFlightToo() throws Exception {
        GatedFunction second = new GatedFunction();
        OperatorSubtaskState snapshot;
        try (Harness harness = new Harness(new Spilling(function, second), BATCHES_OF_THREE, 1, 0)) {
            harness.setProcessingTime(0);
            harness.open();
            harness.process(IntStream.rangeClosed(1, 9).toArray());
            harness.setProcessingTime(Spilling.AFTER.toMillis());
            second.awaitStart();
            harness.process(IntStream.rangeClosed(10, 15).toArray());
            snapshot = harness.snapshot(1, 1);
            function.release(5);
            second.release(5);
            harness.endInput();
        }
        assertThat(drained(snapshot, 1, 1, 0)).containsExactlyInAnyOrderElementsOf(all(15));
    }

    @Test
    void someResultsHaveARecordBesideThem() throws Exception {
        function.release(1);
        OutputTag<String> tag = new OutputTag<>("beside", Types.STRING);
        BesideOutput<Integer, String, String> beside =
                new BesideOutput<>(tag, (n, result) -> n % 2 == 0 ? n + " became " + result : null);
        try (Harness harness = new Harness(function, BATCHES_OF_THREE, beside, 1, 0)) {
            harness.open();
            harness.process(1, 2, 3);
            harness.runMail();
            assertThat(harness.results()).containsExactly("1!", "2!", "3!");
            assertThat(harness.getSideOutput(tag))
                    .extracting(StreamRecord::getValue)
                    .containsExactly("2 became 2!");
        }
    }

    private static List<String> all(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(n -> n + "!").toList();
    }

    private record Spilling(GatedFunction first, GatedFunction spill) implements SpillingFunction<Integer, String> {
        static final Duration AFTER = Duration.ofSeconds(2);

        @Override
        public Duration spillAfter() {
            return AFTER;
        }

        @Override
        public List<String> apply(List<Integer> batch) throws Exception {
            return first.apply(batch);
        }

        @Override
        public void open(MetricGroup metrics) {
            first.open(metrics);
        }

        @Override
        public void cancel() {
            first.cancel();
        }

        @Override
        public void close() {
            first.close();
        }
    }

    private Harness open(MicroBatchSettings settings) throws Exception {
        Harness harness = new Harness(function, settings, 1, 0);
        harness.setProcessingTime(0);
        harness.open();
        return harness;
    }

    private static OperatorSubtaskState rescale(OperatorSubtaskState state, int from, int to) throws Exception {
        List<OperatorSubtaskState> parts = new ArrayList<>();
        for (int subtask = 0; subtask < to; subtask++) {
            GatedFunction free = new GatedFunction();
            try (Harness harness = new Harness(free, new MicroBatchSettings(100, WAIT, 200, 1 << 20), to, subtask)) {
                harness.initializeState(part(state, from, to, subtask));
                harness.open();
                parts.add(harness.snapshot(2, 2));
                free.release(1);
            }
        }
        return AbstractStreamOperatorTestHarness.repackageState(parts.toArray(OperatorSubtaskState[]::new));
    }

    private static List<String> drained(OperatorSubtaskState state, int from, int to, int subtask) throws Exception {
        GatedFunction free = new GatedFunction().release(10);
        try (Harness harness = new Harness(free, new MicroBatchSettings(100, WAIT, 200, 1 << 20), to, subtask)) {
            harness.initializeState(part(state, from, to, subtask));
            harness.open();
            harness.endInput();
            return harness.results();
        }
    }

    private static OperatorSubtaskState part(OperatorSubtaskState state, int from, int to, int subtask) {
        return AbstractStreamOperatorTestHarness.repartitionOperatorState(state, 128, from, to, subtask);
    }

    /** Runs the operator's mails one by one, so that a test decides what happens when. */
    private static final class Harness extends OneInputStreamOperatorTestHarness<Integer, String> {
        Harness(BatchFunction<Integer, String> function, MicroBatchSettings settings, int parallelism, int subtask)
                throws Exception {
            this(function, settings, null, parallelism, subtask);
        }

        Harness(
                BatchFunction<Integer, String> function,
                MicroBatchSettings settings,
                BesideOutput<Integer, String, ?> beside,
                int parallelism,
                int subtask)
                throws Exception {
            super(
                    new MicroBatchOperatorFactory<>("test", function, settings, beside, n -> Integer.BYTES),
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

        /** As Flink's runtime posts a checkpoint. */
        void taskMail(ThrowingRunnable<Exception> action) {
            getTaskMailbox().put(new Mail(action, TaskMailbox.MIN_PRIORITY, "task"));
        }

        List<String> results() {
            return List.copyOf(extractOutputValues());
        }
    }
}
