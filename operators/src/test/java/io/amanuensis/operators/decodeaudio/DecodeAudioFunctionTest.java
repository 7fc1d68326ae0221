package io.amanuensis.operators.decodeaudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.operators.element.CountedSound;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.lifetime.StageHarness;
import io.amanuensis.operators.lifetime.StageHarness.Backend;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.operators.sequence.Segments;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.DeadLetterCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DecodeAudioFunctionTest {
    private static final long HOUR_MS = Duration.ofHours(1).toMillis();
    private static final DecodeAudioSettings SETTINGS =
            new DecodeAudioSettings(Duration.ofMillis(20), Duration.ofHours(1));
    private static final int SEGMENTS = 8;

    private static StageHarness<Segment, PcmChunk> start(Backend backend) throws Exception {
        return StageHarness.start(new DecodeAudioFunction(SETTINGS), Segment::key, backend);
    }

    private static StageHarness<Segment, PcmChunk> restore(
            Backend backend, int parallelism, int index, OperatorSubtaskState state, long nowMs) throws Exception {
        return new StageHarness<>(
                new DecodeAudioFunction(SETTINGS), Segment::key, backend, parallelism, index, 1, state, nowMs);
    }

    /** 250 ms of loud mu-law noise. */
    private static Segment segment(String callId, int sequence) {
        Segment segment = Segments.segment(Segments.channel(callId, 0), sequence, sequence);
        new Random(callId.hashCode() * 31L + sequence).nextBytes(segment.payload);
        segment.lastOfChannel = sequence == SEGMENTS - 1;
        return segment;
    }

    private static void collect(Map<String, List<Short>> samples, List<PcmChunk> chunks) {
        for (PcmChunk chunk : chunks) {
            List<Short> call = samples.computeIfAbsent(chunk.channel.callId, id -> new ArrayList<>());
            for (short sample : chunk.samples) {
                call.add(sample);
            }
        }
    }

    private static Map<String, List<Short>> uninterrupted(int calls) throws Exception {
        Map<String, List<Short>> samples = new TreeMap<>();
        try (StageHarness<Segment, PcmChunk> stage = start(Backend.HASHMAP)) {
            for (int sequence = 0; sequence < SEGMENTS; sequence++) {
                for (int call = 0; call < calls; call++) {
                    stage.process(segment("call-" + call, sequence));
                }
            }
            collect(samples, stage.takeOutput());
            assertThat(stage.stateEntries()).as("all channels have ended").isZero();
            assertThat(stage.timers()).isZero();
        }
        assertThat(samples).hasSize(calls).allSatisfy((id, call) -> assertThat(call)
                .hasSize(SEGMENTS * 4000));
        return samples;
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void goesOnAfterARestoreInThreePartsAsIfNothingHadHappened(Backend backend) throws Exception {
        int calls = 12;
        Map<String, List<Short>> samples = new TreeMap<>();
        OperatorSubtaskState state;
        try (StageHarness<Segment, PcmChunk> stage = start(backend)) {
            for (int sequence = 0; sequence < 3; sequence++) {
                for (int call = 0; call < calls; call++) {
                    stage.process(segment("call-" + call, sequence));
                }
            }
            collect(samples, stage.takeOutput());
            state = stage.snapshot();
        }
        List<StageHarness<Segment, PcmChunk>> parts = new ArrayList<>();
        for (int index = 0; index < 3; index++) {
            parts.add(restore(backend, 3, index, state, 0));
        }
        for (int sequence = 3; sequence < SEGMENTS; sequence++) {
            for (int call = 0; call < calls; call++) {
                Segment segment = segment("call-" + call, sequence);
                parts.get(StageHarness.subtaskOf(segment.key(), 3)).process(segment);
            }
        }
        for (StageHarness<Segment, PcmChunk> part : parts) {
            List<PcmChunk> output = part.takeOutput();
            assertThat(output).as("every part has channels").isNotEmpty();
            collect(samples, output);
            part.close();
        }
        assertThat(samples).isEqualTo(uninterrupted(calls));
    }

    @Test
    void deadLettersNameTheStageAndKeepTheSegment() throws Exception {
        try (StageHarness<Segment, PcmChunk> stage = start(Backend.HASHMAP)) {
            Segment segment = segment("call", 0);
            segment.sampleRateHz = 96_000;
            stage.process(segment);
            assertThat(stage.takeOutput()).isEmpty();
            DeadLetter letter = stage.takeSide(DeadLetters.TAG).get(0);
            assertThat(letter.getStage()).isEqualTo("decode-audio");
            assertThat(letter.getCause()).isEqualTo(DeadLetterCause.UNSUPPORTED_SAMPLE_RATE);
            assertThat(letter.getMessage()).contains("96000 Hz");
            assertThat(letter.getPayloadBytes()).isGreaterThan(2000);
            assertThat(stage.timers())
                    .as("the channel has begun, and ends if it is idle")
                    .isPositive();
            assertThat(stage.takeSide(DecodeAudioFunction.COUNTS))
                    .singleElement()
                    .satisfies(counted -> assertThat(counted.kind).isEqualTo(CountedSound.Kind.BEGUN));
        }
    }

    @Test
    void theEndOfABoundedInputHandsOutTheTail() throws Exception {
        try (StageHarness<Segment, PcmChunk> stage = start(Backend.HASHMAP)) {
            stage.process(segment("call", 0));
            stage.endInput();
            List<PcmChunk> chunks = stage.takeOutput();
            assertThat(chunks.get(chunks.size() - 1).endSample()).isEqualTo(4000);
            assertThat(chunks).noneMatch(chunk -> chunk.last);
            assertThat(stage.stateEntries()).isZero();
        }
    }

    @Test
    void anIdleChannelEndsWithItsTail() throws Exception {
        try (StageHarness<Segment, PcmChunk> stage = start(Backend.HASHMAP)) {
            stage.process(segment("call", 0));
            stage.takeOutput();
            stage.processingTime(HOUR_MS);
            List<PcmChunk> chunks = stage.takeOutput();
            assertThat(chunks).singleElement().satisfies(chunk -> {
                assertThat(chunk.last).isTrue();
                assertThat(chunk.endSample()).isEqualTo(4000);
            });
            assertThat(stage.stateEntries()).isZero();
            assertThat(stage.timers()).isZero();
        }
    }

    @Test
    void aRestoredJobEndsNoChannelForBeingDown() throws Exception {
        OperatorSubtaskState state;
        try (StageHarness<Segment, PcmChunk> stage = start(Backend.HASHMAP)) {
            stage.process(segment("call", 0));
            state = stage.snapshot();
        }
        try (StageHarness<Segment, PcmChunk> stage = restore(Backend.HASHMAP, 1, 0, state, 9 * HOUR_MS)) {
            stage.processingTime(9 * HOUR_MS + 1);
            assertThat(stage.takeOutput()).isEmpty();
            stage.processingTime(10 * HOUR_MS + 1);
            assertThat(stage.takeOutput()).singleElement().matches(chunk -> chunk.last);
        }
    }

    @Test
    void stateAndOutputAreMadeOfPojos() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(ChannelSound.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(PcmChunk.class);
    }

    @Test
    void settingsNameWhatIsWrong() {
        assertThatThrownBy(() -> new DecodeAudioSettings(Duration.ofMillis(-1), Duration.ofHours(1)))
                .hasMessage("clockTolerance is PT-0.001S, must not be negative");
        assertThatThrownBy(() -> new DecodeAudioSettings(Duration.ZERO, Duration.ZERO))
                .hasMessageContaining("idleTimeout is PT0S");
    }
}
