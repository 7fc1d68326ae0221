package io.amanuensis.operators.lifetime;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.decodeaudio.DecodeAudioFunction;
import io.amanuensis.operators.decodeaudio.DecodeAudioSettings;
import io.amanuensis.operators.element.ChannelKey;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.findspeech.FindSpeechFunction;
import io.amanuensis.operators.findspeech.FindSpeechSettings;
import io.amanuensis.operators.lifetime.StageHarness.Backend;
import io.amanuensis.operators.read.DeadLetters;
import io.amanuensis.operators.read.ReadRecord;
import io.amanuensis.operators.sequence.Segments;
import io.amanuensis.operators.sequence.SequenceFunction;
import io.amanuensis.operators.sequence.SequenceSettings;
import io.amanuensis.schemas.DeadLetter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The stages with state per channel, taken from one subtask to three to two in the middle of everything, say what one would have said. */
class RescaleTest {
    private static final int CALLS = 12;
    private static final int WAV_HEADER_BYTES = 44;
    private static final Path UTTERANCE = Path.of("../native/demo-model/testset/utterance-20-rms-clean.wav");

    /** A stage and its input: a third before the first change, a third before the second. */
    private record Stage<I, O>(
            Supplier<KeyedProcessFunction<ChannelKey, I, O>> function,
            KeySelector<I, ChannelKey> key,
            List<I> input,
            OutputTag<?> side,
            Function<Object, String> line,
            Function<Object, String> call) {

        /** What was said about each call, in order. */
        Map<String, List<String>> run(Backend backend, int... parallelisms) throws Exception {
            Map<String, List<String>> said = new TreeMap<>();
            OperatorSubtaskState state = null;
            int before = 1;
            for (int part = 0; part < parallelisms.length; part++) {
                List<I> elements = input.subList(
                        input.size() * part / parallelisms.length, input.size() * (part + 1) / parallelisms.length);
                List<OperatorSubtaskState> states = new ArrayList<>();
                for (int index = 0; index < parallelisms[part]; index++) {
                    try (StageHarness<I, O> subtask = new StageHarness<>(
                            function.get(), key, backend, parallelisms[part], index, before, state, 0)) {
                        for (I element : elements) {
                            if (StageHarness.subtaskOf(key.getKey(element), parallelisms[part]) == index) {
                                subtask.process(element);
                            }
                        }
                        if (part == parallelisms.length - 1) {
                            subtask.endInput();
                        }
                        List<Object> output = new ArrayList<>(subtask.takeSide(side));
                        output.addAll(subtask.takeOutput());
                        output.forEach(element -> said.computeIfAbsent(call.apply(element), any -> new ArrayList<>())
                                .add(line.apply(element)));
                        states.add(subtask.snapshot());
                    }
                }
                state = StageHarness.merged(states);
                before = parallelisms[part];
            }
            said.values().forEach(lines -> lines.sort(null));
            return said;
        }

        void assertRescales(Backend backend) throws Exception {
            Map<String, List<String>> undisturbed = run(backend, 1);
            assertThat(undisturbed).hasSize(CALLS);
            assertThat(run(backend, 1, 3, 2)).isEqualTo(undisturbed);
        }
    }

    private static String callId(int call) {
        return "call-" + call;
    }

    /** Shuffled, with copies; some never come. */
    @ParameterizedTest
    @EnumSource
    void sequence(Backend backend) throws Exception {
        Random random = new Random(1);
        List<ReadRecord> records = new ArrayList<>();
        for (int at = 0; at < 600; at++) {
            int sequence = Math.max(0, at / CALLS + random.nextInt(-3, 4));
            if (sequence % 17 != 5) {
                records.add(
                        ReadRecord.of(Segments.segment(Segments.channel(callId(at % CALLS), 0), sequence, at * 100L)));
            }
        }
        new Stage<ReadRecord, Segment>(
                        () -> new SequenceFunction(SequenceSettings.DEFAULT),
                        ReadRecord::key,
                        records,
                        DeadLetters.TAG,
                        element -> element instanceof Segment segment
                                ? "%05d %s".formatted(segment.sequence, segment.origin)
                                : element.toString(),
                        element -> element instanceof Segment segment
                                ? segment.channel.callId
                                : ((DeadLetter) element).getCallId())
                .assertRescales(backend);
    }

    /** Of 8 kHz, so that the resampler always holds something back. */
    @ParameterizedTest
    @EnumSource
    void decodeAudio(Backend backend) throws Exception {
        Random random = new Random(2);
        List<Segment> segments = new ArrayList<>();
        for (int at = 0; at < 360; at++) {
            Segment segment = Segments.segment(Segments.channel(callId(at % CALLS), 0), at / CALLS, at);
            random.nextBytes(segment.payload);
            segments.add(segment);
        }
        new Stage<Segment, PcmChunk>(
                        () -> new DecodeAudioFunction(DecodeAudioSettings.DEFAULT),
                        Segment::key,
                        segments,
                        DeadLetters.TAG,
                        element -> {
                            PcmChunk chunk = (PcmChunk) element;
                            return "%09d %s %s %s"
                                    .formatted(
                                            chunk.startSample,
                                            Arrays.hashCode(chunk.samples),
                                            chunk.gapSamples,
                                            chunk.origin);
                        },
                        element -> ((PcmChunk) element).channel.callId)
                .assertRescales(backend);
    }

    /** Every call says the same sentence three times, each a little later than the one before, and is cut in the middle of it. */
    @ParameterizedTest
    @EnumSource
    void findSpeech(Backend backend) throws Exception {
        byte[] wav = Files.readAllBytes(UTTERANCE);
        int chunkSamples = 1600;
        int chunks = 90;
        List<PcmChunk> input = new ArrayList<>();
        for (int at = 0; at < CALLS * chunks; at++) {
            PcmChunk chunk = new PcmChunk();
            chunk.channel = Segments.channel(callId(at % CALLS), 0);
            chunk.startSample = (long) at / CALLS * chunkSamples;
            chunk.samples = new short[chunkSamples];
            int sentence = (wav.length - WAV_HEADER_BYTES) / Short.BYTES;
            for (int i = 0; i < chunkSamples; i++) {
                int place = WAV_HEADER_BYTES + 2 * (int) ((chunk.startSample + i + at % CALLS * 4321L) % sentence);
                chunk.samples[i] = (short) (wav[place] & 0xFF | wav[place + 1] << 8);
            }
            chunk.origin = new OffsetRange("audio", 3, at, at);
            input.add(chunk);
        }
        new Stage<PcmChunk, PcmWindow>(
                        () -> new FindSpeechFunction(FindSpeechSettings.DEFAULT, () -> 160_000),
                        PcmChunk::key,
                        input,
                        FindSpeechFunction.SPANS,
                        element -> element instanceof PcmWindow window
                                ? window.info() + " " + window.info().origin + " " + Arrays.hashCode(window.samples())
                                : element.toString(),
                        element -> element instanceof PcmWindow window
                                ? window.info().channel.callId
                                : ((Span) element).channel.callId)
                .assertRescales(backend);
    }
}
