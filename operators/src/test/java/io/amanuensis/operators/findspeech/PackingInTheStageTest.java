package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.lifetime.StageHarness;
import io.amanuensis.operators.lifetime.StageHarness.Backend;
import io.amanuensis.operators.sequence.Segments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code find-speech} that packs: what shares a window depends on the sound alone, and nothing waits for good. */
class PackingInTheStageTest {
    private static final FindSpeechSettings SETTINGS =
            FindSpeechSettings.DEFAULT.withDetector(new EnergyDetector(EnergySettings.DEFAULT));
    private static final PackingSettings ON = new PackingSettings(true, 30_000);
    private static final int WINDOW_SAMPLES = 160_000;
    private static final int CALL_SAMPLES = 30 * 16_000;
    private static final int CALLS = 6;

    private static FindSpeechFunction function(PackingSettings packing) {
        return new FindSpeechFunction(SETTINGS, FollowSettings.OFF, packing, () -> WINDOW_SAMPLES);
    }

    /** Half a minute: 1.5 s of noise as loud as speech and 1.5 s of silence in turn. */
    private static short[] sound(String callId) {
        short[] samples = new short[CALL_SAMPLES];
        Random random = new Random(callId.hashCode());
        for (int i = 0; i < CALL_SAMPLES; i++) {
            samples[i] = (short) (i / 24_000 % 2 == 0 ? random.nextInt(-3000, 3001) : 0);
        }
        return samples;
    }

    private static List<PcmChunk> chunks(String callId, int chunkSamples) {
        short[] sound = sound(callId);
        List<PcmChunk> chunks = new ArrayList<>();
        for (int from = 0; from < sound.length; from += chunkSamples) {
            PcmChunk chunk = new PcmChunk();
            chunk.channel = Segments.channel(callId, 0);
            chunk.startSample = from;
            chunk.samples = Arrays.copyOfRange(sound, from, Math.min(sound.length, from + chunkSamples));
            chunk.last = from + chunkSamples >= sound.length;
            // The same whatever the chunks are, so that windows can be compared.
            chunk.origin = new OffsetRange("audio", 3, 0, 0);
            chunks.add(chunk);
        }
        return chunks;
    }

    private static String line(PcmWindow window) {
        return window.info() + " "
                + window.info().packed.stream()
                        .map(part -> part.info() + "@" + part.offsetSamples())
                        .collect(Collectors.joining(", "))
                + " " + Arrays.hashCode(window.samples());
    }

    private static List<String> uninterrupted(int chunkSamples) throws Exception {
        List<String> lines = new ArrayList<>();
        try (StageHarness<PcmChunk, PcmWindow> stage =
                StageHarness.start(function(ON), PcmChunk::key, Backend.HASHMAP)) {
            for (int call = 0; call < CALLS; call++) {
                for (PcmChunk chunk : chunks("call-" + call, chunkSamples)) {
                    stage.process(chunk);
                }
            }
            stage.takeOutput().forEach(window -> lines.add(line(window)));
            assertThat(stage.stateEntries()).as("all channels have ended").isZero();
        }
        Collections.sort(lines);
        assertThat(lines).as("of each call ten utterances, three to a window").hasSize(4 * CALLS);
        return lines;
    }

    @ParameterizedTest
    @ValueSource(ints = {160, 1600, 4001, 16_000, CALL_SAMPLES})
    void windowsDependOnTheSoundAlone(int chunkSamples) throws Exception {
        assertThat(uninterrupted(chunkSamples)).isEqualTo(uninterrupted(4000));
    }

    /** The checkpoint falls between two utterances of a window, the change of parallelism with it. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void goesOnAfterARestoreInThreePartsInTheMiddleOfAWindow(Backend backend) throws Exception {
        int before = 20;
        List<String> lines = new ArrayList<>();
        OperatorSubtaskState state;
        try (StageHarness<PcmChunk, PcmWindow> stage = StageHarness.start(function(ON), PcmChunk::key, backend)) {
            for (int call = 0; call < CALLS; call++) {
                for (PcmChunk chunk : chunks("call-" + call, 4000).subList(0, before)) {
                    stage.process(chunk);
                }
            }
            assertThat(stage.takeSide(FindSpeechFunction.SPANS))
                    .as("two utterances of each call wait")
                    .filteredOn(span -> span.kind == Span.Kind.SPEECH)
                    .hasSize(2 * CALLS);
            assertThat(stage.takeOutput()).isEmpty();
            state = stage.snapshot();
        }
        for (int index = 0; index < 3; index++) {
            try (StageHarness<PcmChunk, PcmWindow> part =
                    new StageHarness<>(function(ON), PcmChunk::key, backend, 3, index, 1, state, 0)) {
                for (int call = 0; call < CALLS; call++) {
                    List<PcmChunk> chunks = chunks("call-" + call, 4000);
                    if (StageHarness.subtaskOf(chunks.get(0).key(), 3) == index) {
                        for (PcmChunk chunk : chunks.subList(before, chunks.size())) {
                            part.process(chunk);
                        }
                    }
                }
                part.takeOutput().forEach(window -> lines.add(line(window)));
            }
        }
        Collections.sort(lines);
        assertThat(lines).isEqualTo(uninterrupted(4000));
    }

    @Test
    void theEndOfTheInputHandsOutWhatWaits() throws Exception {
        try (StageHarness<PcmChunk, PcmWindow> stage =
                StageHarness.start(function(ON), PcmChunk::key, Backend.HASHMAP)) {
            for (PcmChunk chunk : chunks("call", 4000).subList(0, 20)) {
                stage.process(chunk);
            }
            stage.endInput();
            assertThat(stage.takeOutput()).singleElement().satisfies(window -> assertThat(window.info().packed)
                    .hasSize(2));
            assertThat(stage.stateEntries()).isZero();
        }
    }

    @Test
    void anotherEpochHandsOutWhatWaits() throws Exception {
        try (StageHarness<PcmChunk, PcmWindow> stage =
                StageHarness.start(function(ON), PcmChunk::key, Backend.HASHMAP)) {
            for (PcmChunk chunk : chunks("call", 4000).subList(0, 20)) {
                stage.process(chunk);
            }
            PcmChunk next = chunks("call", 4000).get(30);
            next.channel = Segments.channel("call", 1);
            stage.process(next);
            assertThat(stage.takeOutput()).singleElement().satisfies(window -> assertThat(window.info().packed)
                    .hasSize(2));
        }
    }

    @Test
    void aJobRestoredWithPackingOffHandsOutWhatWaits() throws Exception {
        OperatorSubtaskState state;
        try (StageHarness<PcmChunk, PcmWindow> stage =
                StageHarness.start(function(ON), PcmChunk::key, Backend.HASHMAP)) {
            for (PcmChunk chunk : chunks("call", 4000).subList(0, 20)) {
                stage.process(chunk);
            }
            state = stage.snapshot();
        }
        try (StageHarness<PcmChunk, PcmWindow> stage =
                new StageHarness<>(function(PackingSettings.OFF), PcmChunk::key, Backend.HASHMAP, 1, 0, 1, state, 0)) {
            stage.process(chunks("call", 4000).get(20));
            assertThat(stage.takeOutput()).singleElement().satisfies(window -> assertThat(window.info().packed)
                    .hasSize(2));
        }
    }

    @Test
    void aModelWithoutWordTimesCannotTellUtterancesApart() {
        FindSpeechFunction.ModelWindow withoutTimes = new FindSpeechFunction.ModelWindow() {
            @Override
            public int samples() {
                return WINDOW_SAMPLES;
            }

            @Override
            public boolean hasWordTimes() {
                return false;
            }
        };
        assertThatThrownBy(() -> StageHarness.start(
                        new FindSpeechFunction(SETTINGS, FollowSettings.OFF, ON, withoutTimes),
                        PcmChunk::key,
                        Backend.HASHMAP))
                .hasStackTraceContaining("find-speech.packing is on")
                .hasStackTraceContaining("no times");
    }
}
