package io.amanuensis.operators.microbatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class YieldingOperatorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final YieldSettings BATCHES_OF_TWO = new YieldSettings(2, 6, 1 << 20, PATIENCE);

    /** What the operator asks before each batch. */
    private static final AtomicBoolean OTHERS_WAIT = new AtomicBoolean();

    private final GatedFunction function = new GatedFunction();

    @BeforeEach
    void nobodyWaits() {
        OTHERS_WAIT.set(false);
    }

    @Test
    void batchIsBegunAtOnceAndTheNextWithWhatHasComeMeanwhile() throws Exception {
        try (Harness harness = open(BATCHES_OF_TWO)) {
            harness.process(1);
            assertThat(function.awaitStart()).containsExactly(1);
            harness.process(2, 3, 4);
            assertThat(function.started).as("one at a time").isEmpty();
            function.release(1);
            harness.runMail();
            assertThat(function.awaitStart()).containsExactly(2, 3);
            function.release(2);
            harness.runMail();
            harness.runMail();
            assertThat(harness.results()).containsExactly("1!", "2!", "3!", "4!");
            assertThat(harness.dropped()).isZero();
        }
    }

    @Test
    void nothingIsBegunWhileOthersWait() throws Exception {
        OTHERS_WAIT.set(true);
        function.release(9);
        try (Harness harness = open(BATCHES_OF_TWO)) {
            harness.process(1);
            harness.setProcessingTime(500);
            harness.process(2, 3);
            assertThat(function.started).isEmpty();
            OTHERS_WAIT.set(false);
            harness.setProcessingTime(510);
            assertThat(function.awaitStart()).containsExactly(1, 2);
            harness.runMail();
            harness.runMail();
            assertThat(harness.results()).containsExactly("1!", "2!", "3!");
        }
    }

    /** The one that is at work when others come is the only one that they may meet. */
    @Test
    void batchBehindTheRunningOneGivesWayToo() throws Exception {
        try (Harness harness = open(BATCHES_OF_TWO)) {
            harness.process(1);
            function.awaitStart();
            harness.process(2);
            OTHERS_WAIT.set(true);
            function.release(2);
            harness.runMail();
            assertThat(harness.results()).containsExactly("1!");
            assertThat(function.started).isEmpty();
        }
    }

    @Test
    void whatHasWaitedTooLongIsDroppedAndCounted() throws Exception {
        OTHERS_WAIT.set(true);
        function.release(9);
        try (Harness harness = open(BATCHES_OF_TWO)) {
            harness.process(1, 2);
            harness.setProcessingTime(600);
            harness.process(3);
            harness.setProcessingTime(PATIENCE.toMillis());
            assertThat(harness.dropped()).isZero();
            harness.setProcessingTime(PATIENCE.toMillis() + 20);
            assertThat(harness.dropped()).isEqualTo(2);
            OTHERS_WAIT.set(false);
            harness.setProcessingTime(PATIENCE.toMillis() + 40);
            harness.runMail();
            assertThat(harness.results()).containsExactly("3!");
        }
    }

    /** Numbers supersede smaller ones of the same last digit. */
    @Test
    void newerElementTakesThePlaceOfTheOneItSupersedes() throws Exception {
        OTHERS_WAIT.set(true);
        function.release(9);
        try (Harness harness = open(new YieldSettings(1, 6, 1 << 20, PATIENCE))) {
            harness.process(11, 12, 13, 22, 14, 21);
            assertThat(harness.dropped()).isEqualTo(2);
            harness.endInput();
            assertThat(harness.results()).containsExactly("21!", "22!", "13!", "14!");
        }
    }

    @Test
    void theOldestAreDroppedWhenTooManyWait() throws Exception {
        OTHERS_WAIT.set(true);
        function.release(9);
        try (Harness harness = open(BATCHES_OF_TWO)) {
            harness.process(0, 1, 2, 3, 4, 5, 6, 7);
            assertThat(harness.dropped()).isEqualTo(2);
            harness.endInput();
            assertThat(harness.results()).containsExactly("2!", "3!", "4!", "5!", "6!", "7!");
        }
    }

    @Test
    void theOldestAreDroppedWhenTooManyBytesWait() throws Exception {
        OTHERS_WAIT.set(true);
        function.release(9);
        try (Harness harness = open(new YieldSettings(2, 6, 3 * Integer.BYTES, PATIENCE))) {
            harness.process(0, 1, 2, 3, 4);
            assertThat(harness.dropped()).isEqualTo(2);
            harness.endInput();
            assertThat(harness.results()).containsExactly("2!", "3!", "4!");
        }
    }

    /** Behind which the watermark must not stay. */
    @Test
    void watermarkLeavesBehindWhatWasDropped() throws Exception {
        OTHERS_WAIT.set(true);
        try (Harness harness = open(BATCHES_OF_TWO)) {
            harness.process(1);
            harness.processWatermark(7);
            harness.setProcessingTime(PATIENCE.toMillis() + 20);
            assertThat(harness.getOutput()).last().hasToString("Watermark @ 7");
        }
    }

    @Test
    void endOfInputWaitsForAllAndKeepsTheWatermarkBehindThem() throws Exception {
        OTHERS_WAIT.set(true);
        function.release(9);
        try (Harness harness = open(BATCHES_OF_TWO)) {
            harness.process(1, 2, 3);
            harness.processWatermark(Long.MAX_VALUE);
            harness.endInput();
            assertThat(harness.results()).containsExactly("1!", "2!", "3!");
            assertThat(harness.getOutput()).last().hasToString("Watermark @ 9223372036854775807");
        }
    }

    @Test
    void whatIsComputedAndWhatWaitsSurvivesRescalingFromOneToThreeToTwo() throws Exception {
        YieldSettings wide = new YieldSettings(5, 100, 1 << 20, PATIENCE);
        OperatorSubtaskState one;
        try (Harness harness = open(wide)) {
            harness.process(IntStream.range(0, 10).toArray());
            function.awaitStart();
            one = harness.snapshot(1, 1);
            function.release(99);
        }
        OTHERS_WAIT.set(true);
        List<OperatorSubtaskState> parts = new ArrayList<>();
        for (int subtask = 0; subtask < 3; subtask++) {
            GatedFunction free = new GatedFunction().release(99);
            try (Harness harness = new Harness(free, wide, 3, subtask)) {
                harness.initializeState(part(one, 1, 3, subtask));
                harness.open();
                parts.add(harness.snapshot(2, 2));
            }
        }
        OperatorSubtaskState three =
                AbstractStreamOperatorTestHarness.repackageState(parts.toArray(OperatorSubtaskState[]::new));
        List<String> results = new ArrayList<>();
        for (int subtask = 0; subtask < 2; subtask++) {
            GatedFunction free = new GatedFunction().release(99);
            try (Harness harness = new Harness(free, wide, 2, subtask)) {
                harness.initializeState(part(three, 3, 2, subtask));
                harness.open();
                harness.endInput();
                results.addAll(harness.results());
            }
        }
        assertThat(results)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 10).mapToObj(n -> n + "!").toList());
    }

    @Test
    void failedCallFailsTheTask() throws Exception {
        function.release(1);
        Harness harness = open(BATCHES_OF_TWO);
        harness.process(GatedFunction.POISON);
        assertThatThrownBy(harness::runMail).hasMessageContaining("batch of 1").hasRootCauseMessage("poison");
        harness.getOperator().close(); // as a failed task does; the harness's close would finish the input first
    }

    private Harness open(YieldSettings settings) throws Exception {
        Harness harness = new Harness(function, settings, 1, 0);
        harness.setProcessingTime(0);
        harness.open();
        return harness;
    }

    private static OperatorSubtaskState part(OperatorSubtaskState state, int from, int to, int subtask) {
        return AbstractStreamOperatorTestHarness.repartitionOperatorState(state, 128, from, to, subtask);
    }

    private static final class Harness extends OneInputStreamOperatorTestHarness<Integer, String> {
        Harness(GatedFunction function, YieldSettings settings, int parallelism, int subtask) throws Exception {
            super(
                    new YieldingOperatorFactory<>(
                            "test",
                            function,
                            settings,
                            (newer, older) -> newer > older && newer % 10 == older % 10,
                            OTHERS_WAIT::get,
                            n -> Integer.BYTES),
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

        List<String> results() {
            return List.copyOf(extractOutputValues());
        }

        long dropped() {
            return ((YieldingOperator<?, ?>) getOperator()).dropped();
        }
    }
}
