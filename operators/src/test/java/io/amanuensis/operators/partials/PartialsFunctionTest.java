package io.amanuensis.operators.partials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.amanuensis.operators.align.Transcripts;
import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.ChannelKey;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.SpeechNews;
import io.amanuensis.operators.element.SpeechNews.Kind;
import io.amanuensis.operators.element.UtteranceSoFar;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.schemas.Alignment;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.Origin;
import io.amanuensis.schemas.Partial;
import io.amanuensis.schemas.PartialKind;
import io.amanuensis.schemas.StageDurations;
import io.amanuensis.schemas.Transcript;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartialsFunctionTest {
    private static final int MS = 16;
    private static final int MAX_PARALLELISM = 128;
    private static final EngineFacts ENGINE = new EngineFacts("demo", "00ff", "cpu", "0.1.0 f32");
    private static final CallChannel AGENT = new CallChannel("acme", "call", 1, ChannelRole.AGENT, 2, 7000, null);

    /** State of this build; {@link #main} wrote it. */
    private static final Path FROZEN =
            Path.of("src/test/resources/io/amanuensis/operators/partials/partials-state.v1.bin");

    @Test
    void hypothesisIsPublishedUnderTheIdOfItsFinal() throws Exception {
        try (Harness harness = new Harness(1, 0)) {
            harness.open();
            harness.hypothesis(AGENT, 500, 1000, "my name");
            harness.hypothesis(AGENT, 500, 2000, "my name is");
            assertThat(harness.take())
                    .containsExactly(partial(500, 500, "", "my name"), partial(500, 1500, "my name", "my name is"));
        }
    }

    private static Partial partial(long startMs, long revision, String committed, String text) {
        return Partial.newBuilder()
                .setId(Transcripts.id(AGENT, startMs, ENGINE.modelHash()))
                .setKind(PartialKind.HYPOTHESIS)
                .setTenant("acme")
                .setCallId("call")
                .setChannel(1)
                .setRole(ChannelRole.AGENT)
                .setStreamEpoch(2)
                .setCallStartEpochMs(Instant.ofEpochMilli(7000))
                .setStartMs(startMs)
                .setRevision(revision)
                .setText(text)
                .setCommitted(committed)
                .setLanguage("en")
                .setModelName("demo")
                .setModelHash("00ff")
                .setBackEnd("cpu")
                .setLibraryBuild("0.1.0 f32")
                .setEncoderChecksum("0badcafe")
                .setDegradationLevel(2)
                .build();
    }

    @Test
    void eventsSayWhereSpeechBeganAndEnded() throws Exception {
        try (Harness harness = new Harness(1, 0)) {
            harness.open();
            harness.event(Kind.STARTED, 500, 1000, 1100);
            harness.event(Kind.ENDED, 500, 3000, 3200);
            List<Partial> events = harness.take();
            assertThat(events)
                    .extracting(Partial::getKind, Partial::getStartMs, Partial::getSpeechMs, Partial::getRevision)
                    .containsExactly(
                            tuple(PartialKind.SPEECH_STARTED, 500L, 1000L, 600L),
                            tuple(PartialKind.SPEECH_ENDED, 500L, 3000L, 2700L));
            assertThat(events).extracting(Partial::getId).containsOnly(Transcripts.id(AGENT, 500, ENGINE.modelHash()));
            assertThat(harness.numKeyedStateEntries()).as("needs no state").isZero();
        }
    }

    @Test
    void pieceThatIsClosedIsHeardButNotPublished() throws Exception {
        try (Harness harness = new Harness(1, 0)) {
            harness.open();
            harness.hypothesis(AGENT, 0, 9000, "a b");
            harness.piece(AGENT, 0, 0, 8000, true, "a");
            harness.piece(AGENT, 0, 8000, 10_000, false, "b c");
            harness.piece(AGENT, 0, 8000, 11_000, false, "b c d");
            assertThat(harness.lines()).containsExactly("0 9000 |a b", "0 10000 a|b c", "0 11000 a b c|d");
        }
    }

    @Test
    void finalThatContradictsIsSaidToAndEndsTheUtterance() throws Exception {
        try (Harness harness = new Harness(1, 0)) {
            harness.open();
            harness.hypothesis(AGENT, 500, 1000, "my name");
            harness.hypothesis(AGENT, 500, 2000, "my name is");
            harness.take();
            harness.outcome(text(AGENT, 500, 2600, "Mine name is."));
            Partial correction = harness.take().get(0);
            assertThat(correction.getKind()).isEqualTo(PartialKind.CORRECTION);
            assertThat(correction.getId()).isEqualTo(Transcripts.id(AGENT, 500, ENGINE.modelHash()));
            assertThat(correction.getRevision()).isEqualTo(2600);
            assertThat(correction.getText()).isEqualTo("Mine name is.");
            assertThat(correction.getCommitted()).isEqualTo("my name");
            assertThat(correction.getEncoderChecksum()).isEqualTo("c0ffee00");
            harness.hypothesis(AGENT, 500, 3000, "too late");
            harness.outcome(text(AGENT, 500, 2600, "other"));
            assertThat(harness.take()).isEmpty();
        }
    }

    @Test
    void finalThatSaysTheSameOrMoreIsNoNews() throws Exception {
        try (Harness harness = new Harness(1, 0)) {
            harness.open();
            harness.hypothesis(AGENT, 500, 1000, "my name");
            harness.hypothesis(AGENT, 500, 2000, "my name is");
            harness.take();
            harness.outcome(text(AGENT, 500, 2600, "My name is Brian."));
            assertThat(harness.take()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = WindowOutcome.Kind.class,
            names = {"NON_SPEECH", "FAILED"})
    void windowThatBecomesNoTextTakesBackAllOfIt(WindowOutcome.Kind kind) throws Exception {
        try (Harness harness = new Harness(1, 0)) {
            harness.open();
            harness.hypothesis(AGENT, 500, 1000, "thank you");
            harness.hypothesis(AGENT, 500, 2000, "thank you");
            harness.take();
            WindowOutcome outcome = text(AGENT, 500, 2600, "thank you");
            outcome.kind = kind;
            if (kind == WindowOutcome.Kind.FAILED) {
                outcome = WindowOutcome.failed(
                        outcome.info,
                        DeadLetters.ofWindow("encode", DeadLetterCause.ENGINE_DEADLINE, "too slow", outcome.info));
            }
            harness.outcome(outcome);
            assertThat(harness.take()).singleElement().satisfies(correction -> {
                assertThat(correction.getKind()).isEqualTo(PartialKind.CORRECTION);
                assertThat(correction.getId()).isEqualTo(Transcripts.id(AGENT, 500, ENGINE.modelHash()));
                assertThat(correction.getText()).isEmpty();
                assertThat(correction.getCommitted()).isEqualTo("thank you");
            });
        }
    }

    @Test
    void revisionsOnlyGrow() throws Exception {
        try (Harness harness = new Harness(1, 0)) {
            harness.open();
            harness.hypothesis(AGENT, 0, 1000, "a");
            harness.hypothesis(AGENT, 0, 3000, "a b c");
            harness.hypothesis(AGENT, 0, 2000, "x y");
            harness.hypothesis(AGENT, 0, 3000, "a b c");
            harness.piece(AGENT, 0, 1000, 1500, true, "late end of a piece that never was");
            harness.hypothesis(AGENT, 0, 4000, "a b");
            assertThat(harness.lines()).containsExactly("0 1000 |a", "0 3000 a|b c", "0 4000 a b|");
        }
    }

    @Test
    void utterancesOfAChannelDoNotMixAndAnOutcomeForgetsThoseBefore() throws Exception {
        try (Harness harness = new Harness(1, 0)) {
            harness.open();
            harness.hypothesis(AGENT, 0, 1000, "a");
            harness.hypothesis(AGENT, 5000, 6000, "x");
            harness.hypothesis(AGENT, 0, 2000, "a b");
            harness.hypothesis(AGENT, 5000, 7000, "x y");
            harness.outcome(text(AGENT, 5000, 3000, "x y z"));
            harness.hypothesis(AGENT, 0, 3000, "a b c");
            assertThat(harness.lines()).containsExactly("0 1000 |a", "5000 1000 |x", "0 2000 a|b", "5000 2000 x|y");
            assertThat(harness.numKeyedStateEntries()).as("the progress alone").isEqualTo(1);
        }
    }

    @Test
    void newEpochBeginsAnewAndEndsTheOldOne() throws Exception {
        CallChannel restarted = new CallChannel("acme", "call", 1, ChannelRole.AGENT, 3, 7000, null);
        try (Harness harness = new Harness(1, 0)) {
            harness.open();
            harness.hypothesis(AGENT, 9000, 10_000, "a");
            harness.hypothesis(AGENT, 9000, 11_000, "a b");
            harness.hypothesis(restarted, 9000, 12_000, "a b");
            harness.hypothesis(AGENT, 9000, 13_000, "a b c");
            harness.outcome(text(AGENT, 9000, 4000, "contradiction"));
            harness.hypothesis(restarted, 9000, 13_000, "a b c");
            assertThat(harness.lines())
                    .containsExactly("9000 1000 |a", "9000 2000 a|b", "9000 3000 |a b", "9000 4000 a b|c");
        }
    }

    /** Outcomes that never come, as after a savepoint that was left behind. */
    @Test
    void noMoreThanSomeDraftsAreKept() throws Exception {
        try (Harness harness = new Harness(1, 0)) {
            harness.open();
            for (int i = 0; i < 100; i++) {
                harness.hypothesis(AGENT, 1000 * i, 1000 * i + 500, "a");
            }
            harness.take();
            long oldest = 1000L * (100 - PartialsFunction.MOST_DRAFTS);
            harness.hypothesis(AGENT, 99_000, 99_900, "a b");
            harness.hypothesis(AGENT, oldest, oldest + 900, "a b");
            harness.hypothesis(AGENT, oldest - 1000, oldest - 100, "a b");
            assertThat(harness.lines())
                    .containsExactly("99000 900 a|b", oldest + " 900 a|b", (oldest - 1000) + " 900 |a b");
        }
    }

    @Test
    void stateIsForgottenAfterItsTime() throws Exception {
        try (Harness harness = new Harness(1, 0)) {
            harness.open();
            harness.setStateTtlProcessingTime(0);
            harness.hypothesis(AGENT, 0, 1000, "a");
            harness.setStateTtlProcessingTime(Duration.ofHours(2).toMillis());
            harness.hypothesis(AGENT, 0, 2000, "a b");
            assertThat(harness.lines()).containsExactly("0 1000 |a", "0 2000 |a b");
        }
    }

    @Test
    void hypothesisThatFailedIsLeftOut() throws Exception {
        try (Harness harness = new Harness(1, 0)) {
            harness.open();
            harness.hypothesis(AGENT, 0, 1000, "a");
            harness.processElement1(SpeechNews.failed(sound(AGENT, 0, 0, 2000, false)), 0);
            harness.hypothesis(AGENT, 0, 3000, "a b");
            assertThat(harness.lines()).containsExactly("0 1000 |a", "0 3000 a|b");
        }
    }

    /** Checkpoints fall into utterances, of which one has been settled. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void goesOnAfterRescalingFromOneToThreeToTwo(boolean rocksDb) throws Exception {
        List<String> undisturbed = new ArrayList<>();
        try (Harness harness = new Harness(1, 0)) {
            harness.open();
            run(List.of(harness), 0, 12, undisturbed);
        }
        List<String> lines = new ArrayList<>();
        OperatorSubtaskState state = null;
        int from = 1;
        int step = 0;
        for (int parallelism : new int[] {1, 3, 2}) {
            List<Harness> parts = new ArrayList<>();
            for (int index = 0; index < parallelism; index++) {
                Harness part = new Harness(parallelism, index);
                if (rocksDb) {
                    EmbeddedRocksDBStateBackend backend = new EmbeddedRocksDBStateBackend();
                    backend.getMemoryConfiguration().setFixedMemoryPerSlot(MemorySize.ofMebiBytes(64));
                    part.setStateBackend(backend);
                }
                if (state != null) {
                    part.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                            state, MAX_PARALLELISM, from, parallelism, index));
                }
                part.open();
                parts.add(part);
            }
            run(parts, step, step + 4, lines);
            step += 4;
            List<OperatorSubtaskState> states = new ArrayList<>();
            for (Harness part : parts) {
                states.add(part.snapshot(1, 1));
                part.close();
            }
            state = AbstractStreamOperatorTestHarness.repackageState(states.toArray(OperatorSubtaskState[]::new));
            from = parallelism;
        }
        Collections.sort(lines);
        Collections.sort(undisturbed);
        assertThat(lines).isEqualTo(undisturbed).hasSizeGreaterThan(12 * 10);
    }

    /** Of 12 calls, each with an utterance that is settled at step 6 and contradicts in half of them, and one after it. */
    private static void run(List<Harness> parts, int fromStep, int toStep, List<String> lines) throws Exception {
        for (int step = fromStep; step < toStep; step++) {
            for (int call = 0; call < 12; call++) {
                CallChannel channel = new CallChannel("acme", "call-" + call, 0, ChannelRole.AGENT, 0, 0, null);
                Harness part = parts.get(KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        channel.key(), MAX_PARALLELISM, parts.size()));
                String words =
                        "one two three four five six seven eight nine ten eleven twelve".substring(0, 4 * (step + 1));
                if (step == 6) {
                    part.outcome(text(channel, 0, 7000, call % 2 == 0 ? "one three" : "one two three four five"));
                } else {
                    part.hypothesis(channel, step < 6 ? 0 : 7000, 1000 * (step + 1), words);
                }
                part.lines().forEach(line -> lines.add(channel + " " + line));
            }
        }
    }

    @Test
    void readsTheStateOfVersion1() throws Exception {
        try (Harness harness = new Harness(1, 0)) {
            harness.initializeState(OperatorSnapshotUtil.readStateHandle(FROZEN.toString()));
            harness.open();
            harness.piece(AGENT, 5000, 13_000, 16_000, false, "four five six");
            harness.hypothesis(AGENT, 1000, 9000, "settled");
            assertThat(harness.lines()).containsExactly("5000 11000 one two three four five|six");
        }
    }

    /** Writes {@link #FROZEN}. Not to be run again: a new form of the state is a new file. */
    public static void main(String[] args) throws Exception {
        try (Harness harness = new Harness(1, 0)) {
            harness.open();
            harness.hypothesis(AGENT, 1000, 2000, "before");
            harness.outcome(text(AGENT, 1000, 2000, "before"));
            harness.hypothesis(AGENT, 5000, 12_000, "one two three four");
            harness.piece(AGENT, 5000, 5000, 13_000, true, "one two three");
            harness.piece(AGENT, 5000, 13_000, 14_000, false, "four");
            harness.piece(AGENT, 5000, 13_000, 15_000, false, "four five");
            OperatorSnapshotUtil.writeStateHandle(harness.snapshot(1, 1), FROZEN.toString());
        }
    }

    @Test
    void stateIsMadeOfPojos() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Draft.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(ChannelProgress.class);
    }

    private static UtteranceSoFar sound(
            CallChannel channel, long utteranceMs, long startMs, long endMs, boolean closing) {
        return new UtteranceSoFar(
                channel, utteranceMs * MS, startMs * MS, closing, new short[(int) (endMs - startMs) * MS]);
    }

    private static WindowOutcome text(CallChannel channel, long startMs, int ms, String text) {
        WindowInfo info = new WindowInfo(channel, 5, startMs * MS, ms * MS, new OffsetRange("t", 0, 1, 2));
        Transcript transcript = Transcript.newBuilder()
                .setId(Transcripts.id(channel, startMs, ENGINE.modelHash()))
                .setTenant(channel.tenant)
                .setCallId(channel.callId)
                .setChannel(channel.channel)
                .setStreamEpoch(channel.streamEpoch)
                .setCallStartEpochMs(Instant.EPOCH)
                .setStartMs(startMs)
                .setEndMs(startMs + ms)
                .setText(text)
                .setWords(List.of())
                .setAlignment(Alignment.SKIPPED)
                .setLanguage("en")
                .setTokens(List.of())
                .setAverageLogProbability(0)
                .setNoSpeechProbability(0)
                .setCompressionRatio(1)
                .setModelName(ENGINE.modelName())
                .setModelHash(ENGINE.modelHash())
                .setBackEnd(ENGINE.backEnd())
                .setLibraryBuild(ENGINE.libraryBuild())
                .setEncoderChecksum("c0ffee00")
                .setDegradationLevel(2)
                .setOrigin(new Origin("t", 0, 1L, 2L))
                .setStageDurations(new StageDurations())
                .build();
        return WindowOutcome.of(info, WindowOutcome.Kind.TEXT, transcript);
    }

    private static final class Harness
            extends KeyedTwoInputStreamOperatorTestHarness<ChannelKey, SpeechNews, WindowOutcome, Partial> {
        Harness(int parallelism, int index) throws Exception {
            super(
                    new KeyedCoProcessOperator<>(new PartialsFunction(() -> ENGINE, Duration.ofHours(1))),
                    SpeechNews::key,
                    outcome -> outcome.info.channel.key(),
                    TypeInformation.of(ChannelKey.class),
                    MAX_PARALLELISM,
                    parallelism,
                    index);
        }

        void event(Kind kind, long utteranceMs, long speechMs, long heardMs) throws Exception {
            processElement1(SpeechNews.event(kind, AGENT, utteranceMs * MS, speechMs * MS, heardMs * MS), 0);
        }

        void hypothesis(CallChannel channel, long utteranceMs, long endMs, String text) throws Exception {
            piece(channel, utteranceMs, utteranceMs, endMs, false, text);
        }

        void piece(CallChannel channel, long utteranceMs, long startMs, long endMs, boolean closing, String text)
                throws Exception {
            processElement1(
                    SpeechNews.hypothesis(
                            sound(channel, utteranceMs, startMs, endMs, closing),
                            new SpeechNews.Decoded(text, "en", "0badcafe", ENGINE)),
                    0);
        }

        void outcome(WindowOutcome outcome) throws Exception {
            processElement2(outcome, 0);
        }

        List<Partial> take() {
            List<Partial> taken = extractOutputValues();
            getOutput().clear();
            return taken;
        }

        /** "start revision committed|rest", or the kind before it. */
        List<String> lines() {
            return take().stream()
                    .map(partial -> "%s%d %d %s|%s"
                            .formatted(
                                    partial.getKind() == PartialKind.HYPOTHESIS ? "" : partial.getKind() + " ",
                                    partial.getStartMs(),
                                    partial.getRevision(),
                                    partial.getCommitted(),
                                    partial.getKind() == PartialKind.HYPOTHESIS
                                            ? partial.getText()
                                                    .substring(partial.getCommitted()
                                                            .length())
                                                    .strip()
                                            : partial.getText()))
                    .toList();
        }
    }
}
