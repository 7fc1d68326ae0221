package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FindSpeechFunctionTest {
    /** Hears speech in this test's noise. */
    private static final FindSpeechSettings SETTINGS =
            FindSpeechSettings.DEFAULT.withDetector(new EnergyDetector(EnergySettings.DEFAULT));

    private static final int WINDOW_SAMPLES = 160_000;
    private static final FollowSettings FOLLOW = new FollowSettings(true, 500, 10_000);
    private static final int CHUNK_SAMPLES = 4000;
    private static final int CHUNKS = 24;

    private static StageHarness<PcmChunk, PcmWindow> start(Backend backend) throws Exception {
        return StageHarness.start(
                new FindSpeechFunction(SETTINGS, FOLLOW, PackingSettings.OFF, () -> WINDOW_SAMPLES),
                PcmChunk::key,
                backend);
    }

    /** 250 ms of chunk {@code number} of a call: 1.5 s of noise as loud as speech, 1.5 s of silence, and again. */
    private static PcmChunk chunk(String callId, int epoch, int number) {
        PcmChunk chunk = new PcmChunk();
        chunk.channel = Segments.channel(callId, epoch);
        chunk.startSample = (long) number * CHUNK_SAMPLES;
        chunk.samples = new short[CHUNK_SAMPLES];
        Random random = new Random(callId.hashCode() * 31L + number);
        for (int i = 0; number % 12 < 6 && i < CHUNK_SAMPLES; i++) {
            chunk.samples[i] = (short) random.nextInt(-3000, 3001);
        }
        chunk.last = number == CHUNKS - 1;
        chunk.origin = new OffsetRange("audio", 3, number, number);
        return chunk;
    }

    private static void collect(List<String> lines, StageHarness<PcmChunk, PcmWindow> stage) {
        stage.takeSide(FindSpeechFunction.SPANS).forEach(span -> lines.add(span.toString()));
        stage.takeSide(FindSpeechFunction.NEWS).forEach(news -> lines.add(news.toString()));
        stage.takeSide(FindSpeechFunction.SO_FAR)
                .forEach(sound -> lines.add("SO FAR " + sound.channel() + " " + sound.utteranceStartSample() + " "
                        + sound.endSample() + " " + Arrays.hashCode(sound.samples())));
        stage.takeOutput()
                .forEach(window -> lines.add(
                        window.info() + " " + window.info().origin + " " + Arrays.hashCode(window.samples())));
    }

    private static List<String> uninterrupted(int calls) throws Exception {
        List<String> lines = new ArrayList<>();
        try (StageHarness<PcmChunk, PcmWindow> stage = start(Backend.HASHMAP)) {
            for (int number = 0; number < CHUNKS; number++) {
                for (int call = 0; call < calls; call++) {
                    stage.process(chunk("call-" + call, 0, number));
                }
            }
            collect(lines, stage);
            assertThat(stage.stateEntries()).as("all channels have ended").isZero();
            assertThat(stage.timers()).isZero();
        }
        Collections.sort(lines);
        assertThat(lines)
                .as(
                        "of each call 2 windows, 2 spans of speech and 2 others, 1 end; 2 beginnings and ends of speech, 6 positions")
                .hasSize((7 + 4 + 6) * calls);
        return lines;
    }

    /** The checkpoint falls into the first utterance. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void goesOnAfterARestoreInThreePartsAsIfNothingHadHappened(Backend backend) throws Exception {
        int calls = 12;
        List<String> lines = new ArrayList<>();
        OperatorSubtaskState state;
        try (StageHarness<PcmChunk, PcmWindow> stage = start(backend)) {
            for (int number = 0; number < 4; number++) {
                for (int call = 0; call < calls; call++) {
                    stage.process(chunk("call-" + call, 0, number));
                }
            }
            collect(lines, stage);
            state = stage.snapshot();
        }
        assertThat(lines)
                .as("of each call the beginning of speech and two positions; no window is decided yet")
                .hasSize(3 * calls);
        List<StageHarness<PcmChunk, PcmWindow>> parts = new ArrayList<>();
        for (int index = 0; index < 3; index++) {
            parts.add(new StageHarness<>(
                    new FindSpeechFunction(SETTINGS, FOLLOW, PackingSettings.OFF, () -> WINDOW_SAMPLES),
                    PcmChunk::key,
                    backend,
                    3,
                    index,
                    1,
                    state,
                    0));
        }
        for (int number = 4; number < CHUNKS; number++) {
            for (int call = 0; call < calls; call++) {
                PcmChunk chunk = chunk("call-" + call, 0, number);
                parts.get(StageHarness.subtaskOf(chunk.key(), 3)).process(chunk);
            }
        }
        for (StageHarness<PcmChunk, PcmWindow> part : parts) {
            int before = lines.size();
            collect(lines, part);
            assertThat(lines.size()).as("every part has channels").isGreaterThan(before);
            part.close();
        }
        Collections.sort(lines);
        assertThat(lines).isEqualTo(uninterrupted(calls));
    }

    /** Its memory is of another kind: the detector begins anew, everything else goes on. */
    @Test
    void aJobRestoredWithAnotherDetectorGoesOn() throws Exception {
        OperatorSubtaskState state;
        List<Span> spans = new ArrayList<>();
        try (StageHarness<PcmChunk, PcmWindow> stage = start(Backend.HASHMAP)) {
            for (int number = 0; number < 4; number++) {
                stage.process(chunk("call", 0, number));
            }
            spans.addAll(stage.takeSide(FindSpeechFunction.SPANS));
            state = stage.snapshot();
        }
        FindSpeechSettings neural = FindSpeechSettings.DEFAULT;
        try (StageHarness<PcmChunk, PcmWindow> stage = new StageHarness<>(
                new FindSpeechFunction(neural, () -> WINDOW_SAMPLES),
                PcmChunk::key,
                Backend.HASHMAP,
                1,
                0,
                1,
                state,
                0)) {
            for (int number = 4; number < CHUNKS; number++) {
                stage.process(chunk("call", 0, number));
            }
            spans.addAll(stage.takeSide(FindSpeechFunction.SPANS));
        }
        assertThat(spans)
                .extracting(span -> span.kind)
                .contains(Span.Kind.SPEECH)
                .endsWith(Span.Kind.END);
        for (int i = 1; i < spans.size(); i++) {
            assertThat(spans.get(i).startSample).isEqualTo(spans.get(i - 1).endSample);
        }
        assertThat(spans.get(spans.size() - 1).endSample).isEqualTo((long) CHUNKS * CHUNK_SAMPLES);
    }

    @Test
    void theEndOfABoundedInputHandsOutWhatIsLeftWithoutAnEnd() throws Exception {
        try (StageHarness<PcmChunk, PcmWindow> stage = start(Backend.HASHMAP)) {
            for (int number = 0; number < 8; number++) {
                stage.process(chunk("call", 0, number));
            }
            stage.endInput();
            assertThat(stage.takeOutput()).hasSize(1);
            List<Span> spans = stage.takeSide(FindSpeechFunction.SPANS);
            assertThat(spans).extracting(span -> span.kind).containsExactly(Span.Kind.SPEECH, Span.Kind.NON_SPEECH);
            assertThat(spans.get(1).endSample).isEqualTo(8 * CHUNK_SAMPLES);
            assertThat(stage.stateEntries()).isZero();
        }
    }

    @Test
    void anotherEpochEndsTheOneBeforeAndCountsFromItsFirstSample() throws Exception {
        try (StageHarness<PcmChunk, PcmWindow> stage = start(Backend.HASHMAP)) {
            for (int number = 0; number < 3; number++) {
                stage.process(chunk("call", 0, number));
            }
            stage.process(chunk("call", 1, 40));
            assertThat(stage.takeOutput()).singleElement().satisfies(window -> assertThat(
                            window.info().channel.streamEpoch)
                    .isZero());
            assertThat(stage.takeSide(FindSpeechFunction.SPANS))
                    .extracting(Span::toString)
                    .containsExactly("SPEECH acme/call/0@0 #0 [0, 12000)", "END acme/call/0@0 #1 [12000, 12000)");
            PcmChunk last = chunk("call", 1, 41);
            last.last = true;
            stage.process(last);
            assertThat(stage.takeSide(FindSpeechFunction.SPANS))
                    .extracting(Span::toString)
                    .containsExactly(
                            "SPEECH acme/call/0@1 #160000 [160000, 168000)",
                            "END acme/call/0@1 #160001 [168000, 168000)");
            assertThat(stage.stateEntries()).isZero();
            assertThat(stage.timers()).isZero();
        }
    }

    @Test
    void followsNothingWhenToldSo() throws Exception {
        try (StageHarness<PcmChunk, PcmWindow> stage = StageHarness.start(
                new FindSpeechFunction(SETTINGS, () -> WINDOW_SAMPLES), PcmChunk::key, Backend.HASHMAP)) {
            for (int number = 0; number < CHUNKS; number++) {
                stage.process(chunk("call", 0, number));
            }
            assertThat(stage.takeOutput()).hasSize(2);
            assertThat(stage.takeSide(FindSpeechFunction.NEWS)).isEmpty();
            assertThat(stage.takeSide(FindSpeechFunction.SO_FAR)).isEmpty();
        }
    }

    @Test
    void stateAndOutputAreMadeOfPojos() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(ChannelSpeech.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Pack.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Following.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(StoredChunk.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Span.class);
    }
}
