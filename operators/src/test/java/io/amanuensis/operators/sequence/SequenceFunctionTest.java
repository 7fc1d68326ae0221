package io.amanuensis.operators.sequence;

import static io.amanuensis.operators.sequence.Segments.channel;
import static io.amanuensis.operators.sequence.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.lifetime.StageHarness;
import io.amanuensis.operators.lifetime.StageHarness.Backend;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.operators.read.ReadRecord;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.DeadLetterCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SequenceFunctionTest {
    private static final long HOUR_MS = Duration.ofHours(1).toMillis();
    private static final SequenceSettings SETTINGS =
            new SequenceSettings(Duration.ofSeconds(5), 240, 16 << 20, Duration.ofMinutes(30), Duration.ofHours(1));

    private static final long IDLE_MS = SETTINGS.callIdleTimeout().toMillis();

    private static StageHarness<ReadRecord, Segment> start(Backend backend) throws Exception {
        return StageHarness.start(new SequenceFunction(SETTINGS), ReadRecord::key, backend);
    }

    private static StageHarness<ReadRecord, Segment> restore(
            Backend backend, int parallelism, int index, OperatorSubtaskState state, long nowMs) throws Exception {
        return new StageHarness<>(
                new SequenceFunction(SETTINGS), ReadRecord::key, backend, parallelism, index, 1, state, nowMs);
    }

    private static ReadRecord record(String callId, long sequence, long timestampMs) {
        return ReadRecord.of(segment(channel(callId, 0), sequence, timestampMs));
    }

    private static List<Long> sequences(List<Segment> segments) {
        return segments.stream().map(segment -> segment.sequence).toList();
    }

    @Test
    void passesOnWhatReadRejected() throws Exception {
        DeadLetter letter = DeadLetters.ofRecord(
                "read", DeadLetterCause.TOMBSTONE, "no value", new OffsetRange("audio", 3, 7, 7), 1, null, null);
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(ReadRecord.rejected(letter));
            assertThat(stage.takeSide(DeadLetters.TAG)).containsExactly(letter);
            assertThat(stage.takeOutput()).isEmpty();
            assertThat(stage.stateEntries()).isZero();
        }
    }

    @Test
    void deadLettersNameTheSegmentAndTheStage() throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("a", 1, 0));
            stage.process(record("a", 2, 5000));
            stage.process(record("a", 0, 5001));
            assertThat(sequences(stage.takeOutput())).containsExactly(1L, 2L);
            DeadLetter letter = stage.takeSide(DeadLetters.TAG).get(0);
            assertThat(letter.getCause()).isEqualTo(DeadLetterCause.LATE_SEGMENT);
            assertThat(letter.getStage()).isEqualTo("sequence");
            assertThat(letter.getSequence()).isZero();
            assertThat(letter.getOrigin().getFirstOffset()).isEqualTo(5001);
        }
    }

    @Test
    void theWallClockDecidesWhenTheChannelGoesQuiet() throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("a", 1, 0));
            stage.processingTime(4999);
            assertThat(stage.takeOutput()).isEmpty();
            stage.processingTime(5000);
            assertThat(sequences(stage.takeOutput())).containsExactly(1L);
        }
    }

    /** The partition's records are read at half their speed: the missing segment may be among those to come. */
    @Test
    void aBacklogOfThePartitionInventsNoGap() throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("a", 1, 0));
            for (int second = 1; second < 10; second++) {
                stage.processingTime(1000L * second);
                stage.process(record("other", second - 1, 500L * second));
            }
            assertThat(lines(stage.takeOutput())).noneMatch(line -> line.startsWith("a"));
            stage.process(record("a", 0, 4_900));
            assertThat(lines(stage.takeOutput())).containsExactly("a 0", "a 1");
        }
    }

    @Test
    void aQuietChannelsGapIsGivenUpWhenItsPartitionHasGoneOnForAsLong() throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("a", 1, 0));
            for (int second = 1; second <= 9; second++) {
                stage.processingTime(1000L * second);
                stage.process(record("other", second - 1, 600L * second));
            }
            assertThat(lines(stage.takeOutput()))
                    .as("5.4 s on the records' clock")
                    .doesNotContain("a 1");
            stage.processingTime(9_200);
            assertThat(lines(stage.takeOutput())).containsExactly("a 1");
        }
    }

    @Test
    void eachGapHasItsOwnWait() throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("a", 1, 0));
            stage.processingTime(3000);
            stage.process(record("a", 3, 10));
            stage.process(record("a", 0, 20));
            assertThat(sequences(stage.takeOutput())).containsExactly(0L, 1L);
            stage.processingTime(5000);
            stage.processingTime(7999);
            assertThat(stage.takeOutput()).isEmpty();
            stage.processingTime(8000);
            assertThat(sequences(stage.takeOutput())).containsExactly(3L);
        }
    }

    @Test
    void aTimerThatFiresLateBecauseTheTaskWasBlockedInventsNoGap() throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("a", 1, 0));
            stage.processingTime(60_000);
            assertThat(stage.takeOutput()).isEmpty();
            stage.process(record("a", 0, 30));
            assertThat(sequences(stage.takeOutput())).containsExactly(0L, 1L);
        }
    }

    /** A task that was blocked for as long as the gap wait may not have read what was there. */
    @ParameterizedTest
    @CsvSource({"4999, true", "5000, false"})
    void aLateTimerIsBelievedUnlessItIsAsLateAsTheGapWait(long lateMs, boolean believed) throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("a", 1, 0));
            stage.processingTime(5000 + lateMs);
            assertThat(sequences(stage.takeOutput())).isEqualTo(believed ? List.of(1L) : List.of());
        }
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("a", 0, 0));
            stage.takeOutput();
            stage.processingTime(IDLE_MS + lateMs);
            assertThat(lines(stage.takeOutput())).isEqualTo(believed ? List.of("a 1 end") : List.of());
            for (int second = 1; second < 4; second++) {
                stage.processingTime(IDLE_MS + lateMs + 1000 * second);
            }
            assertThat(lines(stage.takeOutput()))
                    .as("looked at again soon")
                    .isEqualTo(believed ? List.of() : List.of("a 1 end"));
        }
    }

    @ParameterizedTest
    @CsvSource({"4999, false", "5000, true"})
    void thePartitionsRecordsGiveUpAGapAfterExactlyTheWait(long recordMs, boolean givenUp) throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("a", 1, 0));
            stage.processingTime(4000);
            stage.process(record("other", 0, recordMs));
            stage.takeOutput();
            stage.processingTime(5000);
            assertThat(lines(stage.takeOutput())).isEqualTo(givenUp ? List.of("a 1") : List.of());
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aTimerThatFiresRightAfterARestoreInventsNoGap(Backend backend) throws Exception {
        OperatorSubtaskState state;
        try (StageHarness<ReadRecord, Segment> stage = start(backend)) {
            stage.process(record("a", 0, 0));
            stage.process(record("a", 2, 10));
            state = stage.snapshot();
            assertThat(sequences(stage.takeOutput())).containsExactly(0L);
        }
        try (StageHarness<ReadRecord, Segment> stage = restore(backend, 1, 0, state, 4000)) {
            stage.processingTime(5000);
            assertThat(stage.takeOutput()).isEmpty();
            stage.processingTime(9999);
            assertThat(stage.takeOutput()).isEmpty();
            stage.processingTime(10_000);
            assertThat(sequences(stage.takeOutput()))
                    .as("the full wait since the restore")
                    .containsExactly(2L);
        }
        try (StageHarness<ReadRecord, Segment> stage = restore(backend, 1, 0, state, 4000)) {
            stage.process(record("a", 1, 30));
            stage.process(record("a", 2, 10));
            stage.process(record("a", 3, 40));
            assertThat(sequences(stage.takeOutput())).containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void theEndOfABoundedInputHandsOutWhatWaits() throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("a", 1, 0));
            stage.process(record("a", 3, 1));
            stage.process(record("b", 0, 2));
            stage.takeOutput();
            stage.endInput();
            assertThat(sequences(stage.takeOutput())).containsExactly(1L, 3L);
            assertThat(stage.stateEntries()).isZero();
        }
    }

    @Test
    void anIdleChannelVanishesWithItsTimers() throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("a", 0, 0));
            stage.processingTime(HOUR_MS / 2);
            stage.process(record("a", 1, 1));
            stage.processingTime(HOUR_MS);
            assertThat(stage.stateEntries()).isPositive();
            stage.processingTime(HOUR_MS + HOUR_MS / 2);
            assertThat(stage.stateEntries()).isZero();
            assertThat(stage.timers()).isZero();
        }
    }

    @Test
    void aRestoredJobForgetsNoChannelForBeingDown() throws Exception {
        OperatorSubtaskState state;
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("a", 0, 0));
            state = stage.snapshot();
        }
        long wakeMs = 10 * HOUR_MS;
        try (StageHarness<ReadRecord, Segment> stage = restore(Backend.HASHMAP, 1, 0, state, wakeMs)) {
            stage.processingTime(wakeMs + 1);
            stage.process(record("a", 0, 0));
            stage.process(record("a", 1, 1));
            assertThat(sequences(stage.takeOutput()))
                    .as("0 is known, so it is a second copy")
                    .containsExactly(1L);
        }
        try (StageHarness<ReadRecord, Segment> stage = restore(Backend.HASHMAP, 1, 0, state, wakeMs)) {
            stage.processingTime(wakeMs + 1);
            stage.processingTime(wakeMs + HOUR_MS - 1);
            assertThat(stage.stateEntries()).isPositive();
            stage.processingTime(wakeMs + HOUR_MS + 1);
            assertThat(stage.stateEntries()).isZero();
        }
    }

    private static List<String> lines(List<Segment> segments) {
        return segments.stream()
                .map(segment -> segment.channel.callId + " " + segment.sequence + (segment.lastOfChannel ? " end" : ""))
                .toList();
    }

    @Test
    void aChannelEndsWhenItsPartitionHasGoneOnWithoutIt() throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("dead", 0, 0));
            stage.processingTime(IDLE_MS - 1);
            stage.process(record("live", 0, IDLE_MS));
            stage.takeOutput();
            stage.processingTime(IDLE_MS);
            assertThat(lines(stage.takeOutput())).containsExactly("dead 1 end");
        }
    }

    @Test
    void aBacklogOfThePartitionEndsNoChannel() throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("slow", 0, 0));
            stage.processingTime(IDLE_MS - 1000);
            stage.process(record("other", 0, 60_000));
            stage.takeOutput();
            stage.processingTime(IDLE_MS);
            stage.processingTime(IDLE_MS + 1000);
            assertThat(lines(stage.takeOutput()))
                    .as("on the records' clock a minute has passed")
                    .isEmpty();
            stage.process(record("other", 1, IDLE_MS));
            stage.processingTime(2 * IDLE_MS - 60_000);
            assertThat(lines(stage.takeOutput())).containsExactly("other 1", "slow 1 end");
        }
    }

    @Test
    void inAQuietPartitionTheWallClockDecides() throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("a", 0, 0));
            stage.processingTime(1000);
            stage.process(record("b", 0, 1000));
            stage.takeOutput();
            stage.processingTime(IDLE_MS);
            stage.processingTime(IDLE_MS + 999);
            assertThat(lines(stage.takeOutput())).isEmpty();
            stage.processingTime(IDLE_MS + 1000);
            assertThat(lines(stage.takeOutput())).containsExactlyInAnyOrder("a 1 end", "b 1 end");
        }
    }

    @Test
    void aChannelThatBeganWithAGapEndsLikeAnyOther() throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("a", 1, 0));
            for (long ms = 0; ms <= IDLE_MS + 6000; ms += 1000) {
                stage.processingTime(ms);
            }
            assertThat(lines(stage.takeOutput())).containsExactly("a 1", "a 2 end");
        }
    }

    /** The task was blocked when the gap should have been given up, and the channel ended before it was looked at again. */
    @Test
    void anIdleEndLeavesNoAlarmOfAGap() throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("a", 0, 0));
            stage.process(record("a", 2, 10));
            stage.processingTime(IDLE_MS + 1);
            stage.processingTime(IDLE_MS + 5001);
            assertThat(lines(stage.takeOutput())).containsExactly("a 0", "a 2", "a 3 end");
        }
    }

    @Test
    void oneTimestampFromTheFutureEndsNobodyWhoSpeaks() throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            for (int second = 0; second < 3 * IDLE_MS / 1000; second++) {
                stage.processingTime(1000L * second);
                stage.process(record("a", second, 1000L * second));
                stage.process(record("b", second, 1000L * second + (second == 5 ? 10 * IDLE_MS : 0)));
            }
            assertThat(lines(stage.takeOutput()).stream().filter(line -> line.startsWith("a")))
                    .noneMatch(line -> line.endsWith("end"));
        }
    }

    @Test
    void whatComesAfterAnIdleEndGoesOnAndWhatCameBeforeIsKnown() throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(record("a", 0, 0));
            stage.processingTime(IDLE_MS);
            stage.process(record("a", 0, 1));
            stage.process(record("a", 1, 2));
            stage.processingTime(2 * IDLE_MS);
            assertThat(lines(stage.takeOutput())).containsExactly("a 0", "a 1 end", "a 1", "a 2 end");
        }
    }

    @Test
    void theProducersOwnEndIsTheOnlyOne() throws Exception {
        try (StageHarness<ReadRecord, Segment> stage = start(Backend.HASHMAP)) {
            stage.process(ReadRecord.of(Segments.last(segment(channel("a", 0), 0, 0))));
            stage.processingTime(IDLE_MS);
            assertThat(lines(stage.takeOutput())).containsExactly("a 0 end");
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aRestoredJobEndsNoChannelForBeingDown(Backend backend) throws Exception {
        OperatorSubtaskState state;
        try (StageHarness<ReadRecord, Segment> stage = start(backend)) {
            stage.process(record("a", 0, 0));
            state = stage.snapshot();
        }
        long wakeMs = 10 * IDLE_MS;
        try (StageHarness<ReadRecord, Segment> stage = restore(backend, 1, 0, state, wakeMs)) {
            stage.processingTime(wakeMs + 1000);
            stage.process(record("other", 0, 10));
            stage.processingTime(wakeMs + IDLE_MS - 1);
            assertThat(lines(stage.takeOutput())).containsExactly("other 0");
            stage.process(record("a", 1, 20));
            assertThat(lines(stage.takeOutput())).containsExactly("a 1");
        }
        try (StageHarness<ReadRecord, Segment> stage = restore(backend, 1, 0, state, wakeMs)) {
            long now = wakeMs;
            for (; now <= wakeMs + IDLE_MS + 1000; now += 1000) {
                stage.processingTime(now);
            }
            assertThat(lines(stage.takeOutput())).as("and not before").containsExactly("a 1 end");
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void rescalesFromOneToThree(Backend backend) throws Exception {
        int calls = 30;
        OperatorSubtaskState state;
        try (StageHarness<ReadRecord, Segment> stage = start(backend)) {
            for (int i = 0; i < calls; i++) {
                stage.process(record("call-" + i, 0, 0));
                stage.process(record("call-" + i, 2, 1));
            }
            state = stage.snapshot();
        }
        List<String> emitted = new ArrayList<>();
        for (int index = 0; index < 3; index++) {
            try (StageHarness<ReadRecord, Segment> stage = restore(backend, 3, index, state, 0)) {
                int before = emitted.size();
                stage.endInput();
                stage.takeOutput().forEach(segment -> emitted.add(segment.channel.callId + " " + segment.sequence));
                assertThat(emitted.size()).as("subtask %d has channels", index).isGreaterThan(before);
            }
        }
        assertThat(emitted).hasSize(calls).doesNotHaveDuplicates().allMatch(line -> line.endsWith(" 2"));
    }

    @Test
    void stateIsMadeOfPojos() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(ChannelOrder.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(GapAlarm.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Segment.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(io.amanuensis.operators.lifetime.ChannelLifetime.Mark.class);
    }

    @Test
    void settingsNameWhatIsWrong() {
        Duration hour = Duration.ofHours(1);
        Duration seconds = Duration.ofSeconds(5);
        assertThatThrownBy(() -> new SequenceSettings(Duration.ZERO, 1, 1, hour, hour))
                .hasMessage("gapWait is PT0S, must be positive");
        assertThatThrownBy(() -> new SequenceSettings(seconds, 1, 1, seconds, hour))
                .hasMessageContaining("callIdleTimeout PT5S is not longer than gapWait PT5S");
        assertThatThrownBy(() -> new SequenceSettings(seconds, 1, 1, hour.plusMillis(1), hour))
                .hasMessageContaining("timeToLive PT1H is shorter than callIdleTimeout PT1H0.001S");
    }
}
