package io.amanuensis.operators.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.amanuensis.engine.ModelOptions;
import io.amanuensis.operators.Stages;
import io.amanuensis.operators.decode.DecodeSettings;
import io.amanuensis.operators.decode.TemperatureFallback;
import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.operators.guard.GuardSettings;
import io.amanuensis.operators.microbatch.MicroBatchSettings;
import io.amanuensis.operators.npu.TaskCheck;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.Transcript;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a window does not depend on the windows that are computed with it: the stages from featurize on, the demo model. */
class BatchingTest {
    private static final Path DEMO_MODEL = Path.of("../native/demo-model");
    private static final SpeechEngine.Provider MODEL = NativeSpeechEngine.provider(
            DEMO_MODEL.resolve("model").toAbsolutePath().toString(), ModelOptions.cpu(), Duration.ofSeconds(60));
    private static final AtomicInteger LARGEST_BATCH = new AtomicInteger();

    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static Map<Long, Transcript> alone;

    @ParameterizedTest
    @CsvSource({"1, 1, 5", "3, 1, 6", "3, 2, 7", "16, 1, 8", "16, 2, 9"})
    void sameTextByteForByteAndTimesWithinAMillisecond(int batchSize, int parallelism, long seed) throws Exception {
        List<PcmWindow> windows = utterances();
        if (alone == null) {
            alone = run(windows, 1, 1);
            assertThat(alone).hasSizeGreaterThan(30);
        }
        LARGEST_BATCH.set(0);
        Collections.shuffle(windows, new Random(seed));
        Map<Long, Transcript> batched = run(windows, batchSize, parallelism);
        assertThat(LARGEST_BATCH).as("batches fill").hasValue(batchSize);
        assertThat(batched.keySet()).isEqualTo(alone.keySet());
        alone.forEach((index, expected) -> {
            Transcript actual = batched.get(index);
            String what = "window %d, batches of %d, seed %d".formatted(index, batchSize, seed);
            assertThat(actual.getText()).as(what).isEqualTo(expected.getText());
            assertThat(actual.getTokens()).as(what).isEqualTo(expected.getTokens());
            assertThat(actual.getWords()).as(what).hasSameSizeAs(expected.getWords());
            for (int i = 0; i < expected.getWords().size(); i++) {
                var word = actual.getWords().get(i);
                assertThat(word.getText())
                        .as(what)
                        .isEqualTo(expected.getWords().get(i).getText());
                assertThat(word.getStartMs())
                        .as(what)
                        .isCloseTo(expected.getWords().get(i).getStartMs(), within(1L));
                assertThat(word.getEndMs())
                        .as(what)
                        .isCloseTo(expected.getWords().get(i).getEndMs(), within(1L));
            }
        });
    }

    private static Map<Long, Transcript> run(List<PcmWindow> windows, int batchSize, int parallelism) throws Exception {
        SpeechEngine.Provider engine = () -> new CountingEngine(MODEL.open());
        MicroBatchSettings settings =
                new MicroBatchSettings(batchSize, Duration.ofMillis(200), 3 * batchSize, 64 << 20);
        DecodeSettings decode = new DecodeSettings(
                DecodeSettings.DEFAULT.options(), batchSize, DecodeSettings.DEFAULT.cache(), TemperatureFallback.NONE);
        Configuration configuration = new Configuration();
        configuration.setString("pipeline.generic-types", "false");
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(parallelism);
        DataStream<PcmWindow> input =
                env.fromData(windows, TypeInformation.of(PcmWindow.class)).rebalance();
        return Stages.guard(
                        Stages.align(
                                Stages.decode(
                                        Stages.encode(
                                                Stages.featurize(input, engine, TaskCheck.NONE), engine, settings),
                                        engine,
                                        decode,
                                        settings.bounds()),
                                engine,
                                settings),
                        GuardSettings.DEFAULT)
                .executeAndCollect(windows.size() + 1)
                .stream()
                .filter(outcome -> outcome.kind == WindowOutcome.Kind.TEXT)
                .collect(Collectors.toMap(outcome -> outcome.info.index, outcome -> outcome.transcript));
    }

    /** Those of the test set at 16 kHz, short and long, clean and noisy. */
    private static List<PcmWindow> utterances() throws Exception {
        List<PcmWindow> windows = new ArrayList<>();
        try (var files = Files.list(DEMO_MODEL.resolve("testset"))) {
            for (Path file : files.filter(each -> each.toString().matches(".*/utterance-.*\\.wav"))
                    .filter(each -> !each.toString().contains("mulaw8k"))
                    .sorted()
                    .toList()) {
                windows.add(window(windows.size(), samples(file)));
            }
        }
        return windows;
    }

    private static short[] samples(Path file) throws Exception {
        try (AudioInputStream sound = AudioSystem.getAudioInputStream(file.toFile())) {
            byte[] bytes = sound.readAllBytes();
            short[] samples = new short[bytes.length / Short.BYTES];
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer()
                    .get(samples);
            return samples;
        }
    }

    private static PcmWindow window(long index, short[] samples) {
        CallChannel channel = new CallChannel("acme", "call-" + index, 0, ChannelRole.AGENT, 0, 0, "en");
        OffsetRange origin = new OffsetRange("t", 0, index, index);
        return new PcmWindow(new WindowInfo(channel, index, 0, samples.length, origin), samples);
    }

    private static final class CountingEngine extends DelegatingEngine {
        CountingEngine(SpeechEngine delegate) {
            super(delegate);
        }

        @Override
        public List<byte[]> encode(List<float[]> logMels, int[] sampleCounts) {
            LARGEST_BATCH.accumulateAndGet(logMels.size(), Math::max);
            return super.encode(logMels, sampleCounts);
        }
    }
}
