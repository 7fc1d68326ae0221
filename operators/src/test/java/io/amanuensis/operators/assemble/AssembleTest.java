package io.amanuensis.operators.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.CallKey;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.SettledSpan;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.SuppressedReason;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssembleTest {
    private static final int SPAN_SAMPLES = 1600;

    private final CallChannel agent = new CallChannel("acme", "call", 0, ChannelRole.AGENT, 0, 0, null);
    private final CallChannel customer = new CallChannel("acme", "call", 1, ChannelRole.CUSTOMER, 0, 0, null);

    @Test
    void outcomesLeaveInTheOrderOfTheSpansWhateverArrivesFirst() throws Exception {
        try (Harness harness = new Harness()) {
            harness.open();
            harness.outcome(text(agent, 2));
            harness.span(agent, 1, Span.Kind.NON_SPEECH);
            harness.span(agent, 0, Span.Kind.SPEECH);
            harness.span(agent, 2, Span.Kind.SPEECH);
            assertThat(harness.ids()).isEmpty();
            harness.outcome(text(agent, 0));
            assertThat(harness.ids()).containsExactly("0/0", "0/2");
        }
    }

    @Test
    void channelsAndEpochsDoNotWaitForOneAnother() throws Exception {
        CallChannel restarted = new CallChannel("acme", "call", 0, ChannelRole.AGENT, 1, 0, null);
        try (Harness harness = new Harness()) {
            harness.open();
            harness.span(agent, 0, Span.Kind.SPEECH);
            harness.span(customer, 0, Span.Kind.SPEECH);
            harness.span(restarted, 0, Span.Kind.SPEECH);
            harness.outcome(text(customer, 0));
            harness.outcome(text(restarted, 0));
            assertThat(harness.ids()).containsExactly("1/0", "0/0");
        }
    }

    @Test
    void failedWindowIsADeadLetterAndDoesNotHoldUpTheNext() throws Exception {
        try (Harness harness = new Harness()) {
            harness.open();
            harness.span(agent, 0, Span.Kind.SPEECH);
            harness.span(agent, 1, Span.Kind.GAP);
            harness.span(agent, 2, Span.Kind.SPEECH);
            harness.outcome(text(agent, 2));
            WindowInfo info = info(agent, 0);
            harness.outcome(WindowOutcome.failed(
                    info, DeadLetters.ofWindow("encode", DeadLetterCause.ENGINE_DEADLINE, "too slow", info)));
            assertThat(harness.ids()).containsExactly("0/2");
            assertThat(harness.getSideOutput(DeadLetters.TAG)).singleElement().satisfies(record -> assertThat(
                            record.getValue().getCause())
                    .isEqualTo(DeadLetterCause.ENGINE_DEADLINE));
        }
    }

    @Test
    void windowWithoutSpeechIsSettledAndNotPublished() throws Exception {
        try (Harness harness = new Harness()) {
            harness.open();
            harness.span(agent, 0, Span.Kind.SPEECH);
            WindowOutcome silent = text(agent, 0);
            silent.kind = WindowOutcome.Kind.NON_SPEECH;
            harness.outcome(silent);
            harness.span(agent, 1, Span.Kind.SPEECH);
            harness.outcome(text(agent, 1));
            assertThat(harness.ids()).containsExactly("0/1");
        }
    }

    @Test
    void whatWaitsSurvivesARestore() throws Exception {
        OperatorSubtaskState state;
        try (Harness harness = new Harness()) {
            harness.open();
            harness.span(agent, 0, Span.Kind.SPEECH);
            harness.outcome(text(agent, 0));
            harness.span(agent, 1, Span.Kind.SPEECH);
            harness.outcome(text(agent, 2));
            state = harness.snapshot(1, 1);
        }
        try (Harness restored = new Harness()) {
            restored.initializeState(state);
            restored.open();
            restored.span(agent, 2, Span.Kind.SPEECH);
            restored.outcome(text(agent, 1));
            assertThat(restored.ids()).containsExactly("0/1", "0/2");
        }
    }

    /** The job is stopped with a savepoint on a Friday and goes on on Monday; state of an hour would be gone. */
    @Test
    void whatWaitsSurvivesAnOutageLongerThanTheTimeToLive() throws Exception {
        OperatorSubtaskState state;
        try (Harness harness = new Harness()) {
            harness.open();
            harness.span(agent, 0, Span.Kind.NON_SPEECH);
            harness.span(agent, 1, Span.Kind.SPEECH);
            state = harness.snapshot(1, 1);
        }
        try (Harness restored = new Harness()) {
            restored.setStateTtlProcessingTime(Duration.ofDays(3).toMillis());
            restored.initializeState(state);
            restored.open();
            restored.span(agent, 2, Span.Kind.SPEECH);
            restored.outcome(text(agent, 2));
            restored.outcome(text(agent, 1));
            assertThat(restored.ids()).containsExactly("0/1", "0/2");
        }
    }

    /** [0, 10) s and [10, 20) s with half a second of the neighbour each; the second window is ready first. */
    @Test
    void wordsAtASeamAreSettledInTheOrderOfTheWindows() throws Exception {
        try (Harness harness = new Harness()) {
            harness.open();
            harness.span(agent, 0, Span.Kind.SPEECH);
            harness.span(agent, 1, Span.Kind.SPEECH);
            harness.span(agent, 2, Span.Kind.END);
            harness.outcome(
                    atSeam(1, 500, 0, new Word("seam", 9_900L, 10_300L, 1.0), new Word("two", 10_400L, 10_700L, 1.0)));
            harness.outcome(
                    atSeam(0, 0, 500, new Word("one", 9_000L, 9_400L, 1.0), new Word("seam", 9_800L, 10_150L, 1.0)));
            assertThat(harness.extractOutputValues())
                    .extracting(Transcript::getText)
                    .containsExactly("one seam", "two");
            assertThat(harness.numKeyedStateEntries()).isZero();
        }
    }

    @Test
    void aWindowAllOfWhoseWordsAreItsNeighboursIsNotPublished() throws Exception {
        try (Harness harness = new Harness()) {
            harness.open();
            harness.span(agent, 0, Span.Kind.SPEECH);
            harness.span(agent, 1, Span.Kind.SPEECH);
            harness.outcome(atSeam(0, 0, 500, new Word("one", 9_000L, 9_900L, 1.0)));
            harness.outcome(atSeam(1, 500, 0, new Word("one", 9_500L, 9_950L, 1.0)));
            assertThat(harness.extractOutputValues())
                    .extracting(Transcript::getText)
                    .containsExactly("one");
            assertThat(harness.getSideOutput(Assemble.SETTLED))
                    .as("somebody spoke, so it is text and not silence; but no turn")
                    .extracting(record -> record.getValue().kind + " " + (record.getValue().turn != null))
                    .containsExactly("TEXT true", "TEXT false");
        }
    }

    private WindowOutcome atSeam(long index, int beforeMs, int afterMs, Word... words) {
        WindowOutcome outcome = text(agent, index);
        outcome.info.contextBeforeSamples = beforeMs * 16;
        outcome.info.contextAfterSamples = afterMs * 16;
        outcome.transcript = Transcripts.of(agent, index * 10_000, (index + 1) * 10_000, words);
        return outcome;
    }

    /** The job is catching up: sound from after a long pause is judged before the windows from before it are decoded. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aChannelThatGoesOnAfterItsEndKeepsItsOrder(boolean oldOutcomeFirst) throws Exception {
        long again = 100_000;
        try (Harness harness = new Harness()) {
            harness.open();
            harness.span(agent, 0, Span.Kind.SPEECH);
            harness.span(agent, 1, Span.Kind.NON_SPEECH);
            harness.span(agent, 2, Span.Kind.END);
            harness.span(agent, again, again, Span.Kind.NON_SPEECH);
            harness.span(agent, again + 1, again + SPAN_SAMPLES, Span.Kind.SPEECH);
            harness.outcome(text(agent, oldOutcomeFirst ? 0 : again + 1));
            harness.outcome(text(agent, oldOutcomeFirst ? again + 1 : 0));
            assertThat(harness.ids()).containsExactly("0/0", "0/" + (again + 1));
            harness.span(agent, again + 2, again + 2 * SPAN_SAMPLES, Span.Kind.END);
            assertThat(harness.getSideOutput(Assemble.SETTLED))
                    .extracting(record -> record.getValue().kind)
                    .containsExactly(
                            SettledSpan.Kind.TEXT,
                            SettledSpan.Kind.SILENT_TO_DETECTOR,
                            SettledSpan.Kind.END,
                            SettledSpan.Kind.SILENT_TO_DETECTOR,
                            SettledSpan.Kind.TEXT,
                            SettledSpan.Kind.END);
            assertThat(harness.numKeyedStateEntries()).isZero();
        }
    }

    /** As the state of a former version has it: its first span is still to come, or in flight. */
    @Test
    void aRunThatWasNumberedFromZeroBeginsWithZeroWhereverItBegins() throws Exception {
        try (Harness harness = new Harness()) {
            harness.open();
            harness.span(agent, 1, 81_600, Span.Kind.NON_SPEECH);
            harness.span(agent, 0, 80_000, Span.Kind.SPEECH);
            harness.span(agent, 2, 83_200, Span.Kind.END);
            harness.outcome(text(agent, 0));
            assertThat(harness.ids()).containsExactly("0/0");
            assertThat(harness.numKeyedStateEntries()).isZero();
        }
    }

    @Test
    void nothingIsKeptOfAChannelThatEnded() throws Exception {
        try (Harness harness = new Harness()) {
            harness.open();
            harness.span(agent, 0, Span.Kind.SPEECH);
            harness.span(agent, 1, Span.Kind.END);
            assertThat(harness.numKeyedStateEntries()).isPositive();
            harness.outcome(text(agent, 0));
            assertThat(harness.numKeyedStateEntries()).isZero();
        }
    }

    @Test
    void whatBecameOfEverySpanIsToldInItsOrder() throws Exception {
        try (Harness harness = new Harness()) {
            harness.open();
            harness.span(agent, 0, Span.Kind.SPEECH);
            harness.span(agent, 1, Span.Kind.GAP);
            harness.span(agent, 2, Span.Kind.REFUSED);
            harness.span(agent, 3, Span.Kind.SPEECH);
            harness.span(agent, 4, Span.Kind.SPEECH);
            harness.span(agent, 5, Span.Kind.SPEECH);
            harness.span(agent, 6, Span.Kind.NON_SPEECH);
            harness.span(agent, 7, Span.Kind.END);
            harness.outcome(silent(agent, 5, SuppressedReason.REPETITION));
            harness.outcome(silent(agent, 4, null));
            WindowInfo info = info(agent, 3);
            harness.outcome(WindowOutcome.failed(
                    info, DeadLetters.ofWindow("encode", DeadLetterCause.ENGINE_DEADLINE, "too slow", info)));
            assertThat(harness.getSideOutput(Assemble.SETTLED)).isNullOrEmpty();
            harness.outcome(text(agent, 0));
            assertThat(harness.getSideOutput(Assemble.SETTLED))
                    .extracting(record -> record.getValue().toString())
                    .containsExactly(
                            "TEXT acme/call/0@0 [0, 1600)",
                            "GAP acme/call/0@0 [1600, 3200)",
                            "DEAD_LETTER acme/call/0@0 [3200, 4800)",
                            "DEAD_LETTER acme/call/0@0 [4800, 6400)",
                            "SILENT_TO_MODEL acme/call/0@0 [6400, 8000)",
                            "SUPPRESSED acme/call/0@0 [8000, 9600)",
                            "SILENT_TO_DETECTOR acme/call/0@0 [9600, 11200)",
                            "END acme/call/0@0 [11200, 11200)");
            assertThat(harness.getSideOutput(Assemble.SETTLED).peek().getValue().turn.text)
                    .isEqualTo("text");
        }
    }

    /** Text of the model's own rule counts as silent to the model. */
    @Test
    void whatTheModelWroteInSilenceIsItsOwn() throws Exception {
        try (Harness harness = new Harness()) {
            harness.open();
            harness.span(agent, 0, Span.Kind.SPEECH);
            harness.outcome(silent(agent, 0, SuppressedReason.NO_SPEECH));
            assertThat(harness.getSideOutput(Assemble.SETTLED))
                    .extracting(record -> record.getValue().kind)
                    .containsExactly(SettledSpan.Kind.SILENT_TO_MODEL);
        }
    }

    private static WindowOutcome silent(CallChannel channel, long index, SuppressedReason reason) {
        WindowOutcome outcome = text(channel, index);
        outcome.kind = WindowOutcome.Kind.NON_SPEECH;
        outcome.suppressedReason = reason;
        return outcome;
    }

    private static WindowInfo info(CallChannel channel, long index) {
        return new WindowInfo(
                channel, index, index * SPAN_SAMPLES, SPAN_SAMPLES, new OffsetRange("t", 0, index, index));
    }

    private static WindowOutcome text(CallChannel channel, long index) {
        Transcript transcript = Transcripts.of(channel, index, "text");
        return WindowOutcome.of(info(channel, index), WindowOutcome.Kind.TEXT, transcript);
    }

    private static final class Harness
            extends KeyedTwoInputStreamOperatorTestHarness<CallKey, Span, WindowOutcome, Transcript> {
        Harness() throws Exception {
            super(
                    new KeyedCoProcessOperator<>(new Assemble(Duration.ofHours(1))),
                    Span::callKey,
                    WindowOutcome::callKey,
                    TypeInformation.of(CallKey.class));
        }

        void span(CallChannel channel, long index, Span.Kind kind) throws Exception {
            span(channel, index, index * SPAN_SAMPLES, kind);
        }

        void span(CallChannel channel, long index, long start, Span.Kind kind) throws Exception {
            long end = kind == Span.Kind.END ? start : start + SPAN_SAMPLES;
            processElement1(new Span(channel, index, kind, start, end), 0);
        }

        void outcome(WindowOutcome outcome) throws Exception {
            processElement2(outcome, 0);
        }

        List<String> ids() {
            return extractOutputValues().stream().map(Transcript::getId).toList();
        }
    }
}
