package io.amanuensis.operators.microbatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

class ContinuousOperatorTest {
    private static final int ALL = GatedContinuousFunction.ALL;
    private static final InFlightBounds WIDE = new InFlightBounds(9, 1 << 20);

    private final GatedContinuousFunction function = new GatedContinuousFunction(3);

    @Test
    void elementJoinsWhileOthersAreAtWorkAsSoonAsThereIsRoom() throws Exception {
        try (Harness harness = open(WIDE)) {
            harness.process(1);
            function.awaitAtWork(1);
            harness.process(2, 3, 4);
            function.awaitAtWork(1, 2, 3);

            function.done(2);
            harness.runMail();
            function.awaitAtWork(1, 3, 4);
            function.done(ALL);
        }
    }

    @Test
    void oneThatTakesLongHoldsUpNoOther() throws Exception {
        try (Harness harness = open(new InFlightBounds(2, 1 << 20))) {
            harness.process(1, 2);
            function.done(2);
            harness.runMail();
            assertThat(harness.results()).containsExactly("2!");
            harness.process(3); // returns: 2 takes no room any more
            function.done(ALL);
            harness.endInput();
            assertThat(harness.results()).containsExactlyInAnyOrder("2!", "1!", "3!");
        }
    }

    @Test
    void nothingPassesAWatermark() throws Exception {
        try (Harness harness = open(WIDE)) {
            harness.process(1, 2);
            harness.processWatermark(100);
            harness.process(3);
            function.awaitAtWork(1, 2, 3);
            function.done(3);
            harness.runMail();
            function.done(2);
            harness.runMail();
            assertThat(harness.getOutput().stream().map(Object::toString)).containsExactly("Record @ (undef) : 2!");
            function.done(1);
            harness.runMail();
            assertThat(harness.getOutput().stream().map(Object::toString))
                    .containsExactly(
                            "Record @ (undef) : 2!",
                            "Record @ (undef) : 1!",
                            "Watermark @ 100",
                            "Record @ (undef) : 3!");
        }
    }

    @Test
    void checkpointHoldsWhatIsAtWorkWhatWaitsAndWhatIsDoneButHeldByAWatermark() throws Exception {
        OperatorSubtaskState snapshot;
        try (Harness harness = open(WIDE)) {
            harness.process(1, 2);
            harness.processWatermark(100);
            harness.process(3, 4, 5);
            function.awaitAtWork(1, 2, 3);
            function.done(1);
            harness.runMail();
            function.awaitAtWork(2, 3, 4);
            function.done(3);
            harness.runMail();
            function.awaitAtWork(2, 4, 5);
            snapshot = harness.snapshot(1, 1);
            assertThat(harness.results()).containsExactly("1!");
            function.done(ALL);
        }
        assertThat(drained(snapshot, 1, 1, 0)).containsExactly("2!", "3!", "4!", "5!");
    }

    @Test
    void whatIsInFlightSurvivesRescalingFromThreeToOneThoughItIsMoreThanFits() throws Exception {
        List<OperatorSubtaskState> parts = new ArrayList<>();
        for (int subtask = 0; subtask < 3; subtask++) {
            GatedContinuousFunction held = new GatedContinuousFunction(3);
            try (Harness harness = new Harness(held, WIDE, 3, subtask)) {
                harness.open();
                harness.process(IntStream.range(10 * subtask, 10 * subtask + 9).toArray());
                parts.add(harness.snapshot(1, 1));
                held.done(ALL);
            }
        }
        OperatorSubtaskState three =
                AbstractStreamOperatorTestHarness.repackageState(parts.toArray(OperatorSubtaskState[]::new));
        List<String> all = IntStream.range(0, 29)
                .filter(n -> n % 10 < 9)
                .mapToObj(n -> n + "!")
                .toList();
        try (Harness restored = restore(three, 3, 1, 0)) {
            while (restored.results().size() < all.size()) {
                restored.runMail();
            }
            assertThat(restored.results()).containsExactlyInAnyOrderElementsOf(all);
        }
    }

    @Test
    void fullOperatorRunsTheTasksOwnMailsWithTheElementInItsState() throws Exception {
        try (Harness harness = open(new InFlightBounds(2, 1 << 20))) {
            harness.process(1, 2);
            List<OperatorSubtaskState> snapshots = new ArrayList<>();
            harness.taskMail(() -> {
                snapshots.add(harness.snapshot(1, 1));
                function.done(1);
            });
            harness.process(3); // returns only because the mail of the first makes room
            assertThat(harness.results()).containsExactly("1!");
            function.done(ALL);
            assertThat(drained(snapshots.get(0), 1, 1, 0)).containsExactly("1!", "2!", "3!");
        }
    }

    @Test
    void bytesInFlightAreBoundedToo() throws Exception {
        try (Harness harness = open(new InFlightBounds(100, 2 * Integer.BYTES))) {
            harness.process(1, 2);
            function.done(1);
            harness.process(3);
            assertThat(harness.results()).containsExactly("1!");
            function.done(ALL);
        }
    }

    @Test
    void endOfInputWaitsForAllAndKeepsTheWatermarkBehindThem() throws Exception {
        function.done(ALL);
        try (Harness harness = open(WIDE)) {
            harness.process(1, 2, 3, 4);
            harness.processWatermark(Long.MAX_VALUE);
            harness.endInput();
            assertThat(harness.results()).containsExactly("1!", "2!", "3!", "4!");
            assertThat(harness.getOutput()).last().hasToString("Watermark @ 9223372036854775807");
        }
    }

    @Test
    void failureOfTheBatchFailsTheTask() throws Exception {
        Harness harness = open(WIDE);
        harness.process(GatedContinuousFunction.POISON);
        assertThatThrownBy(harness::runMail)
                .hasMessageContaining("test failed with 1 at work")
                .hasRootCauseMessage("poison");
        harness.getOperator().close(); // as a failed task does; the harness's close would finish the input first
        assertThat(function.closed).isTrue();
    }

    @Test
    void closingCancelsTheRunningBatchAndClosesTheFunction() throws Exception {
        Harness harness = open(WIDE);
        harness.process(1, 2, 3, 4);
        function.awaitAtWork(1, 2, 3);
        harness.getOperator().close();
        assertThat(function.closed).isTrue();
    }

    @Test
    void closingWithNothingToDoClosesTheFunction() throws Exception {
        Harness harness = open(WIDE);
        harness.getOperator().close();
        assertThat(function.closed).isTrue();
        assertThat(function.advances).isEmpty();
    }

    private Harness open(InFlightBounds bounds) throws Exception {
        Harness harness = new Harness(function, bounds, 1, 0);
        harness.open();
        return harness;
    }

    private static List<String> drained(OperatorSubtaskState state, int from, int to, int subtask) throws Exception {
        try (Harness harness = restore(state, from, to, subtask)) {
            harness.endInput();
            return harness.results();
        }
    }

    private static Harness restore(OperatorSubtaskState state, int from, int to, int subtask) throws Exception {
        Harness harness = new Harness(new GatedContinuousFunction(3).done(ALL), WIDE, to, subtask);
        harness.initializeState(
                AbstractStreamOperatorTestHarness.repartitionOperatorState(state, 128, from, to, subtask));
        harness.open();
        return harness;
    }

    /** Runs the operator's mails one by one, so that a test decides what happens when. */
    private static final class Harness extends OneInputStreamOperatorTestHarness<Integer, String> {
        Harness(GatedContinuousFunction function, InFlightBounds bounds, int parallelism, int subtask)
                throws Exception {
            super(
                    new ContinuousOperatorFactory<>("test", function, bounds, n -> Integer.BYTES),
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
