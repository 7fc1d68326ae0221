package io.amanuensis.operators.engine;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.engine.DecoderOptions;
import io.amanuensis.engine.DecodingOptions;
import io.amanuensis.engine.EngineExceptions;
import io.amanuensis.engine.ModelOptions;
import io.amanuensis.engine.Status;
import io.amanuensis.operators.Stages;
import io.amanuensis.operators.decode.DecodeSettings;
import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.operators.guard.GuardSettings;
import io.amanuensis.operators.microbatch.MicroBatchSettings;
import io.amanuensis.operators.npu.TaskCheck;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetterCause;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From windows to outcomes in a real cluster, with the echo back end and engines put before it. */
class SpeechPathTest {
    private static final int WINDOWS = 24;
    private static final int SAMPLES = 16_000;
    private static final MicroBatchSettings SETTINGS = new MicroBatchSettings(4, Duration.ofMillis(20), 12, 64 << 20);

    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final AtomicInteger ENCODED = new AtomicInteger();

    private static final SpeechEngine.Provider ECHO =
            NativeSpeechEngine.provider(null, ModelOptions.echo(), Duration.ofSeconds(30));

    private static final Path DEMO_MODEL = Path.of("../native/demo-model");

    private static final SpeechEngine.Provider MODEL = NativeSpeechEngine.provider(
            DEMO_MODEL.resolve("model").toAbsolutePath().toString(), ModelOptions.cpu(), Duration.ofSeconds(30));

    @Test
    void everyWindowIsEncodedOnceAndHasItsOutcome() throws Exception {
        ENCODED.set(0);
        Map<Long, WindowOutcome> outcomes = run(() -> new CountingEngine(ECHO.open()));
        assertThat(ENCODED).hasValue(WINDOWS);
        assertThat(outcomes).hasSize(WINDOWS).allSatisfy((index, outcome) -> {
            assertThat(outcome.kind).isEqualTo(WindowOutcome.Kind.TEXT);
            assertThat(outcome.transcript.getText()).isNotEmpty();
            assertThat(outcome.transcript.getBackEnd()).isEqualTo("echo");
            assertThat(outcome.transcript.getWords()).isNotEmpty();
            assertThat(outcome.transcript.getWords().get(0).getStartMs())
                    .isGreaterThanOrEqualTo(outcome.info.startMs());
        });
    }

    @Test
    void textComesFromTheEncoderOutput() throws Exception {
        Map<Long, WindowOutcome> truth = run(ECHO);
        Map<Long, WindowOutcome> zeroed = run(() -> new ZeroingEngine(ECHO.open()));
        Map<Long, WindowOutcome> swapped = run(() -> new SwappingEngine(ECHO.open()));
        assertThat(truth.values().stream()
                        .map(outcome -> outcome.transcript.getText())
                        .distinct()
                        .count())
                .as("echo's texts tell windows apart")
                .isGreaterThan(WINDOWS / 2);
        truth.forEach((index, outcome) -> assertThat(textOf(zeroed.get(index))).isNotEqualTo(textOf(outcome)));
        assertThat(truth.keySet())
                .anySatisfy(index -> assertThat(textOf(swapped.get(index))).isNotEqualTo(textOf(truth.get(index))));
        assertThat(truth.keySet()).allSatisfy(index -> {
            boolean sameStates = truth.get(index)
                    .transcript
                    .getEncoderChecksum()
                    .equals(swapped.get(index).transcript.getEncoderChecksum());
            assertThat(textOf(swapped.get(index)).equals(textOf(truth.get(index))))
                    .isEqualTo(sameStates);
        });
    }

    /** The same of a model that has learnt to speak without listening much: its text, too, is what the encoder said. */
    @Test
    void textOfTheModelComesFromTheEncoderOutput() throws Exception {
        List<PcmWindow> utterances = List.of(
                utterance(0, "utterance-00-espeak_seen-clean.wav"),
                utterance(1, "utterance-01-espeak_seen-clean.wav"),
                utterance(2, "utterance-02-espeak_seen-clean.wav"));
        Map<Long, WindowOutcome> truth = run(MODEL, utterances);
        Map<Long, WindowOutcome> zeroed = run(() -> new ZeroingEngine(MODEL.open()), utterances);
        Map<Long, WindowOutcome> swapped = run(() -> new SwappingEngine(MODEL.open()), utterances);
        assertThat(textOf(truth.get(0L))).isEqualTo("The order number is eight two three five eight five.");
        assertThat(truth).allSatisfy((index, outcome) -> {
            assertThat(textOf(zeroed.get(index))).isNotEqualTo(textOf(outcome));
            boolean sameStates = outcome.transcript
                    .getEncoderChecksum()
                    .equals(swapped.get(index).transcript.getEncoderChecksum());
            assertThat(textOf(swapped.get(index)).equals(textOf(outcome))).isEqualTo(sameStates);
        });
        assertThat(swapped.values())
                .extracting(SpeechPathTest::textOf)
                .isNotEqualTo(
                        truth.values().stream().map(SpeechPathTest::textOf).toList());
    }

    /** Chained stages hand on the arrays themselves: megabytes a window. */
    @Test
    void statesReachTheDecoderWithoutACopyAndAreReadOnce() throws Exception {
        run(() -> new IdentifyingEngine(ECHO.open()));
        assertThat(IdentifyingEngine.ENCODED).hasSize(WINDOWS);
        assertThat(IdentifyingEngine.DECODED).isEqualTo(IdentifyingEngine.ENCODED);
        assertThat(IdentifyingEngine.ALIGNED).as("the decoder aligns").isEmpty();
    }

    @Test
    void windowUnderWhichTheDecoderBreaksDownIsTheOnlyOneThatFails() throws Exception {
        Map<Long, WindowOutcome> outcomes = run(() -> new BreakingEngine(ECHO.open()));
        assertThat(POISON.get()).isNotNull();
        assertThat(outcomes.values().stream().filter(outcome -> outcome.kind == WindowOutcome.Kind.FAILED))
                .singleElement()
                .satisfies(outcome -> {
                    assertThat(outcome.deadLetter.getStage()).isEqualTo("decode");
                    assertThat(outcome.deadLetter.getCause()).isEqualTo(DeadLetterCause.ENGINE_FAILURE);
                });
        assertThat(outcomes).hasSize(WINDOWS);
    }

    @Test
    void callThatNeverEndsBecomesFailedOutcomesWithinItsDeadline() throws Exception {
        SpeechEngine.Provider stuck =
                NativeSpeechEngine.provider(null, ModelOptions.echo().withEchoHoldMs(600_000), Duration.ofMillis(50));
        Map<Long, WindowOutcome> outcomes = run(stuck);
        assertThat(outcomes).hasSize(WINDOWS).allSatisfy((index, outcome) -> {
            assertThat(outcome.kind).isEqualTo(WindowOutcome.Kind.FAILED);
            assertThat(outcome.deadLetter.getCause()).isEqualTo(DeadLetterCause.ENGINE_DEADLINE);
            assertThat(outcome.deadLetter.getStage()).isEqualTo("encode");
            assertThat(outcome.deadLetter.getOrigin().getLastOffset()).isEqualTo(index);
        });
    }

    private static String textOf(WindowOutcome outcome) {
        return outcome.transcript.getText();
    }

    private static Map<Long, WindowOutcome> run(SpeechEngine.Provider engine) throws Exception {
        return run(engine, windows());
    }

    private static Map<Long, WindowOutcome> run(SpeechEngine.Provider engine, List<PcmWindow> input) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("pipeline.generic-types", "false");
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(2);
        DataStream<PcmWindow> windows =
                env.fromData(input, TypeInformation.of(PcmWindow.class)).rebalance();
        DataStream<WindowOutcome> outcomes = Stages.guard(
                Stages.align(
                        Stages.decode(
                                Stages.encode(Stages.featurize(windows, engine, TaskCheck.NONE), engine, SETTINGS),
                                engine,
                                DecodeSettings.DEFAULT,
                                SETTINGS.bounds()),
                        engine,
                        SETTINGS),
                GuardSettings.DEFAULT);
        List<WindowOutcome> collected = outcomes.executeAndCollect(input.size() + 1);
        return collected.stream().collect(toMap(outcome -> outcome.info.index, outcome -> outcome));
    }

    private static PcmWindow utterance(long index, String file) throws Exception {
        try (AudioInputStream sound = AudioSystem.getAudioInputStream(
                DEMO_MODEL.resolve("testset").resolve(file).toFile())) {
            byte[] bytes = sound.readAllBytes();
            short[] samples = new short[bytes.length / Short.BYTES];
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer()
                    .get(samples);
            return window(index, samples);
        }
    }

    private static PcmWindow window(long index, short[] samples) {
        CallChannel channel = new CallChannel("acme", "call", 0, ChannelRole.AGENT, 0, 0, null);
        OffsetRange origin = new OffsetRange("t", 0, index, index);
        return new PcmWindow(new WindowInfo(channel, index, index * SAMPLES, samples.length, origin), samples);
    }

    private static List<PcmWindow> windows() {
        Random random = new Random(42);
        List<PcmWindow> windows = new ArrayList<>();
        for (int index = 0; index < WINDOWS; index++) {
            short[] samples = new short[SAMPLES];
            for (int i = 0; i < SAMPLES; i++) {
                samples[i] = (short) (random.nextGaussian() * 3000);
            }
            windows.add(window(index, samples));
        }
        return windows;
    }

    private static final class CountingEngine extends DelegatingEngine {
        CountingEngine(SpeechEngine delegate) {
            super(delegate);
        }

        @Override
        public List<byte[]> encode(List<float[]> logMels, int[] sampleCounts) {
            ENCODED.addAndGet(logMels.size());
            return super.encode(logMels, sampleCounts);
        }
    }

    private static final class ZeroingEngine extends DelegatingEngine {
        ZeroingEngine(SpeechEngine delegate) {
            super(delegate);
        }

        @Override
        public List<byte[]> encode(List<float[]> logMels, int[] sampleCounts) {
            return super.encode(logMels, sampleCounts).stream()
                    .map(states -> new byte[states.length])
                    .toList();
        }
    }

    /** The first window that was decoded. */
    private static final AtomicReference<byte[]> POISON = new AtomicReference<>();

    /** Its decoders break down as long as the poison is among their windows. */
    private static final class BreakingEngine extends DelegatingEngine {
        BreakingEngine(SpeechEngine delegate) {
            super(delegate);
        }

        @Override
        public RunningDecoder openDecoder(DecoderOptions options) {
            return new DelegatingDecoder(super.openDecoder(options)) {
                private boolean poisoned;

                @Override
                public long add(byte[] states, DecodingOptions with) {
                    POISON.compareAndSet(null, states);
                    poisoned |= POISON.get() == states;
                    return super.add(states, with);
                }

                @Override
                public long[] advance(Duration timeout) {
                    if (poisoned) {
                        throw EngineExceptions.of(Status.INTERNAL);
                    }
                    return super.advance(timeout);
                }
            };
        }
    }

    /** Remembers every array of states that passes, by identity. */
    private static final class IdentifyingEngine extends DelegatingEngine {
        static final Set<byte[]> ENCODED = identities();
        static final Set<byte[]> DECODED = identities();
        static final Set<byte[]> ALIGNED = identities();

        IdentifyingEngine(SpeechEngine delegate) {
            super(delegate);
        }

        private static Set<byte[]> identities() {
            return Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
        }

        @Override
        public List<byte[]> encode(List<float[]> logMels, int[] sampleCounts) {
            List<byte[]> states = super.encode(logMels, sampleCounts);
            ENCODED.addAll(states);
            return states;
        }

        @Override
        public RunningDecoder openDecoder(DecoderOptions options) {
            return new DelegatingDecoder(super.openDecoder(options)) {
                @Override
                public long add(byte[] states, DecodingOptions with) {
                    DECODED.add(states);
                    return super.add(states, with);
                }
            };
        }

        @Override
        public List<AlignedWord> align(byte[] states, int[] tokens, int sampleCount, String language) {
            ALIGNED.add(states);
            return super.align(states, tokens, sampleCount, language);
        }
    }

    /** Gives every window of a batch its neighbour's states. */
    private static final class SwappingEngine extends DelegatingEngine {
        SwappingEngine(SpeechEngine delegate) {
            super(delegate);
        }

        @Override
        public List<byte[]> encode(List<float[]> logMels, int[] sampleCounts) {
            List<byte[]> states = new ArrayList<>(super.encode(logMels, sampleCounts));
            Collections.rotate(states, 1);
            return states;
        }
    }
}
