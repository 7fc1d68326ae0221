package io.amanuensis.operators.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.assemble.Transcripts;
import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.SettledSpan;
import io.amanuensis.operators.element.SpokenTurn;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.ReplayedOutcome;
import io.amanuensis.schemas.ReplayedWindow;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.SuppressedReason;
import io.amanuensis.schemas.Transcript;
import io.amanuensis.schemas.Word;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The way from what became of a replayed window to the ledger of its call: {@code settle}, the topic, {@code amend}. */
class ReplayedReaderTest {
    private static final SingleObjectCodec<ReplayedWindow> CODEC = new SingleObjectCodec<>(ReplayedWindow.class);
    private static final CallChannel CHANNEL =
            new CallChannel("acme", "call-1", 1, ChannelRole.CUSTOMER, 2, 1_767_258_000_000L, null);

    @Test
    void whatWasSaidIsATurnAgain() throws Exception {
        SettledSpan span = span(outcome(WindowOutcome.Kind.TEXT, window()));
        assertThat(span.kind).isEqualTo(SettledSpan.Kind.TEXT);
        assertThat(span.replayed).isTrue();
        assertThat(span.channel).usingRecursiveComparison().isEqualTo(CHANNEL);
        assertThat(span.startSample).isEqualTo(16_001);
        assertThat(span.endSample).isEqualTo(16_001 + 32_000);
        assertThat(span.turn).usingRecursiveComparison().isEqualTo(SpokenTurn.of(transcript()));
    }

    @Test
    void wordsThatAreTheNeighboursAreNoTurn() throws Exception {
        WindowInfo window = window();
        window.contextAfterSamples = 32_000;
        WindowOutcome outcome = outcome(WindowOutcome.Kind.TEXT, window);
        outcome.transcript.setWords(List.of(new Word("later", 4000L, 4500L, 0.5)));
        SettledSpan span = span(outcome);
        assertThat(span.kind).isEqualTo(SettledSpan.Kind.TEXT);
        assertThat(span.turn).isNull();
    }

    @ParameterizedTest
    @CsvSource({", SILENT_TO_MODEL", "NO_SPEECH, SILENT_TO_MODEL", "PHRASE, SUPPRESSED"})
    void whoHeardNobodyIsKept(SuppressedReason reason, SettledSpan.Kind kind) throws Exception {
        WindowOutcome outcome = outcome(WindowOutcome.Kind.NON_SPEECH, window());
        outcome.suppressedReason = reason;
        SettledSpan span = span(outcome);
        assertThat(span.kind).isEqualTo(kind);
        assertThat(span.turn).isNull();
    }

    /** It is a dead letter in the ledger, and stays one. */
    @Test
    void windowThatFailsAgainIsNoNews() throws Exception {
        DeadLetter letter = DeadLetters.ofWindow("encode", DeadLetterCause.PARKED, "again", window());
        assertThat(settle(WindowOutcome.failed(window(), letter))).isEmpty();
    }

    @Test
    void recordThatNoLedgerCanHoldIsADeadLetterThatSaysWhy() throws Exception {
        assertRejected("startSample is -1", record -> record.setStartSample(-1));
        assertRejected("sampleCount 0", record -> record.setSampleCount(0));
        assertRejected("outcome is unknown", record -> record.setOutcome(ReplayedOutcome.UNKNOWN));
        assertThat(read(null).rejected.getCause()).isEqualTo(DeadLetterCause.TOMBSTONE);
        DeadLetter junk = read(new byte[] {1, 2, 3}).rejected;
        assertThat(junk.getCause()).isEqualTo(DeadLetterCause.UNREADABLE_RECORD);
        assertThat(junk.getStage()).isEqualTo("read-replayed");
        assertThat(junk.getOrigin().getFirstOffset()).isEqualTo(9);
        try (OneInputStreamOperatorTestHarness<ReplayedRecord, SettledSpan> amend =
                ProcessFunctionTestHarnesses.forProcessFunction(new AmendFunction())) {
            amend.processElement(read(null), 0);
            assertThat(amend.extractOutputValues()).isEmpty();
            assertThat(amend.getSideOutput(DeadLetters.TAG)).hasSize(1);
        }
    }

    private static void assertRejected(String message, Consumer<ReplayedWindow> spoil) throws Exception {
        ReplayedWindow record =
                settle(outcome(WindowOutcome.Kind.TEXT, window())).get(0);
        spoil.accept(record);
        ReplayedRecord read = read(CODEC.encode(record));
        assertThat(read.span).isNull();
        assertThat(read.rejected.getCause()).isEqualTo(DeadLetterCause.INVALID_SEGMENT);
        assertThat(read.rejected.getMessage()).contains(message);
    }

    private static SettledSpan span(WindowOutcome outcome) throws Exception {
        List<ReplayedWindow> records = settle(outcome);
        assertThat(records).hasSize(1);
        assertThat(records.get(0).getId()).isEqualTo(outcome.transcript.getId());
        try (OneInputStreamOperatorTestHarness<ReplayedRecord, SettledSpan> amend =
                ProcessFunctionTestHarnesses.forProcessFunction(new AmendFunction())) {
            amend.processElement(read(CODEC.encode(records.get(0))), 0);
            return amend.extractOutputValues().get(0);
        }
    }

    private static List<ReplayedWindow> settle(WindowOutcome outcome) throws Exception {
        try (OneInputStreamOperatorTestHarness<WindowOutcome, Transcript> settle =
                ProcessFunctionTestHarnesses.forProcessFunction(new SettleFunction())) {
            settle.processElement(outcome, 0);
            var beside = settle.getSideOutput(SettleFunction.REPLAYED);
            return beside == null
                    ? List.of()
                    : beside.stream().map(StreamRecord::getValue).toList();
        }
    }

    private static ReplayedRecord read(byte[] value) {
        return new ReplayedReader().read("replayed", 1, 9, 77, null, value);
    }

    private static WindowOutcome outcome(WindowOutcome.Kind kind, WindowInfo window) {
        return WindowOutcome.of(window, kind, transcript());
    }

    private static Transcript transcript() {
        return Transcripts.of(
                CHANNEL, 1000, 3001, new Word("Grüß", 1100L, 1500L, 0.5), new Word("Gott", 1600L, 2000L, 0.75));
    }

    private static WindowInfo window() {
        return new WindowInfo(CHANNEL, 5, 16_001, 32_000, 30_000, new OffsetRange("calls", 3, 42, 44));
    }
}
