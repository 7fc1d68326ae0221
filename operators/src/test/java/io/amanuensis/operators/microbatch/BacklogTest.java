package io.amanuensis.operators.microbatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.function.ThrowingConsumer;
import org.junit.jupiter.api.Test;

/** What waits in the operators of finals is seen by those that give way to them. */
class BacklogTest {
    private final GatedFunction batches = new GatedFunction();
    private final GatedContinuousFunction continuous = new GatedContinuousFunction(1);

    @Test
    void countsWhatGathersAndWhatStandsReady() throws Exception {
        MicroBatchSettings pairs = new MicroBatchSettings(2, Duration.ofMillis(20), 9, 1 << 20);
        with(new MicroBatchOperatorFactory<>("test", batches, pairs, n -> Integer.BYTES), harness -> {
            assertThat(Backlog.isEmpty()).isTrue();
            harness.processElement(1, 0);
            assertThat(Backlog.isEmpty()).as("one gathers").isFalse();
            harness.processElement(2, 0);
            batches.awaitStart();
            assertThat(Backlog.isEmpty()).as("both are at work").isTrue();
            harness.processElement(3, 0);
            harness.processElement(4, 0);
            assertThat(Backlog.isEmpty()).as("two stand ready").isFalse();
            batches.release(1);
            harness.getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();
            assertThat(Backlog.isEmpty()).as("they are at work now").isTrue();
            batches.release(1);
        });
        assertThat(Backlog.isEmpty()).isTrue();
    }

    @Test
    void countsWhatFindsNoRoom() throws Exception {
        InFlightBounds bounds = new InFlightBounds(9, 1 << 20);
        with(new ContinuousOperatorFactory<>("test", continuous, bounds, n -> Integer.BYTES), harness -> {
            assertThat(Backlog.isEmpty()).isTrue();
            harness.processElement(1, 0);
            continuous.awaitAtWork(1);
            assertThat(Backlog.isEmpty()).as("it is at work").isTrue();
            harness.processElement(2, 0);
            assertThat(Backlog.isEmpty()).as("there is room for one").isFalse();
            continuous.done(1, 2);
        });
        assertThat(Backlog.isEmpty()).isTrue();
    }

    /** As a failed task leaves them: nobody would ever take away what waits there. */
    @Test
    void forgetsOperatorsThatAreClosed() throws Exception {
        MicroBatchSettings pairs = new MicroBatchSettings(2, Duration.ofMillis(20), 9, 1 << 20);
        Harness micro = new Harness(new MicroBatchOperatorFactory<>("test", batches, pairs, n -> Integer.BYTES));
        micro.open();
        micro.processElement(1, 0);
        assertThat(Backlog.isEmpty()).isFalse();
        micro.getOperator().close();
        assertThat(Backlog.isEmpty()).isTrue();

        InFlightBounds bounds = new InFlightBounds(9, 1 << 20);
        Harness running = new Harness(new ContinuousOperatorFactory<>("test", continuous, bounds, n -> Integer.BYTES));
        running.open();
        running.processElement(1, 0);
        continuous.awaitAtWork(1);
        running.processElement(2, 0);
        assertThat(Backlog.isEmpty()).isFalse();
        running.getOperator().close();
        assertThat(Backlog.isEmpty()).isTrue();
    }

    private static void with(
            OneInputStreamOperatorFactory<Integer, String> factory, ThrowingConsumer<Harness, Exception> test)
            throws Exception {
        try (Harness harness = new Harness(factory)) {
            harness.open();
            test.accept(harness);
        }
    }

    private static final class Harness extends OneInputStreamOperatorTestHarness<Integer, String> {
        Harness(OneInputStreamOperatorFactory<Integer, String> factory) throws Exception {
            super(factory, 1, 1, 0, new OperatorID());
            config.setupNetworkInputs(IntSerializer.INSTANCE);
            config.serializeAllConfigs();
        }
    }
}
