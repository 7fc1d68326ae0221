package io.amanuensis.operators.microbatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
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
        Harness(GatedFunction function, MicroBatchSettings settings, int parallelism, int subtask) throws Exception {
            super(
                    new MicroBatchOperatorFactory<>("test", function, settings, n -> Integer.BYTES),
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
