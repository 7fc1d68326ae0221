package io.amanuensis.operators.encode;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.engine.EngineExceptions;
import io.amanuensis.engine.ModelOptions;
import io.amanuensis.engine.Status;
import io.amanuensis.operators.Stages;
import io.amanuensis.operators.decode.DecodeSettings;
import io.amanuensis.operators.device.BreakerSettings;
import io.amanuensis.operators.device.DegradationSettings;
import io.amanuensis.operators.device.Level;
import io.amanuensis.operators.device.ProofSettings;
import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.element.WindowOutcome;
import io.amanuensis.operators.engine.DelegatingEngine;
import io.amanuensis.operators.engine.NativeSpeechEngine;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.operators.guard.GuardSettings;
import io.amanuensis.operators.microbatch.MicroBatchSettings;
import io.amanuensis.operators.npu.TaskCheck;
import io.amanuensis.operators.retry.RetryReader;
import io.amanuensis.operators.retry.RetryRecord;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.ParkedWindow;
import io.amanuensis.schemas.SingleObjectCodec;
import io.amanuensis.schemas.Transcript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From windows to transcripts in a real cluster, with a device that fails: echo, whose states a pretended NPU changes a little. */
class DeviceSpeechPathTest {
    private static final int WINDOWS = 40;
    private static final int SAMPLES = 16_000;
    private static final MicroBatchSettings SETTINGS = new MicroBatchSettings(4, Duration.ofMillis(5), 12, 64 << 20);
    private static final BreakerSettings BREAKER = new BreakerSettings(2, Duration.ofMillis(20), 3);
    private static final DegradationSettings STEADY =
            new DegradationSettings(2, 1, Duration.ofHours(1), Duration.ofHours(1));

    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final SpeechEngine.Provider ECHO =
            NativeSpeechEngine.provider(null, ModelOptions.echo(), Duration.ofSeconds(30));

    /** What the next calls of the device do, by name of the test's device. */
    private static final Map<String, Outage> OUTAGES = new ConcurrentHashMap<>();

    /** From one call of the device to another, all calls fail. */
    private record Outage(int from, int to, AtomicInteger calls) {
        boolean now() {
            int call = calls.incrementAndGet();
            return call >= from && call < to;
        }
    }

    private static final class FakeNpu extends DelegatingEngine {
        private final Outage outage;

        FakeNpu(SpeechEngine delegate, Outage outage) {
            super(delegate);
            this.outage = outage;
        }

        @Override
        public EngineFacts facts() {
            EngineFacts echo = super.facts();
            return new EngineFacts(echo.modelName(), echo.modelHash(), "npu", echo.libraryBuild());
        }

        @Override
        public List<byte[]> encode(List<float[]> logMels, int[] sampleCounts) {
            if (outage.now()) {
                throw EngineExceptions.of(Status.DEVICE_LOST);
            }
            return super.encode(logMels, sampleCounts).stream()
                    .map(DeviceSpeechPathTest::differently)
                    .toList();
        }
    }

    /** Other states and so another text: whether a record's text is what its back end gives can be seen. */
    private static byte[] differently(byte[] states) {
        byte[] other = states.clone();
        for (int i = 0; i < other.length; i += Short.BYTES) {
            other[i] ^= 1;
        }
        return other;
    }

    @Test
    void calmRunIsTheDevicesAlone() throws Exception {
        assertThat(outcomes(BackEndPolicy.DEVICE, 0, 0).values()).allSatisfy(outcome -> {
            assertThat(outcome.transcript.getBackEnd()).isEqualTo("npu");
            assertThat(outcome.transcript.getDegradationLevel()).isEqualTo(Level.NPU);
        });
    }

    /** Device truth: what the CPU computed says so, and its text is the CPU's. */
    @Test
    void cpuTakesOverWhileTheDeviceIsOutAndTheDeviceAfterwards() throws Exception {
        Map<Long, WindowOutcome> byDevice = outcomes(BackEndPolicy.DEVICE, 0, 0);
        Map<Long, WindowOutcome> byCpu = outcomes(BackEndPolicy.DEVICE_OR_CPU, 0, Integer.MAX_VALUE);
        assertThat(byCpu.values()).allSatisfy(outcome -> assertThat(outcome.transcript.getBackEnd())
                .isEqualTo("echo"));
        assertThat(byCpu.get(3L).transcript.getText())
                .isNotEqualTo(byDevice.get(3L).transcript.getText());

        Map<Long, WindowOutcome> outage = outcomes(BackEndPolicy.DEVICE_OR_CPU, 3, 7);
        assertThat(outage).hasSize(WINDOWS).allSatisfy((index, outcome) -> {
            Transcript transcript = outcome.transcript;
            boolean onDevice = transcript.getBackEnd().equals("npu");
            Transcript truth = (onDevice ? byDevice : byCpu).get(index).transcript;
            assertThat(transcript.getText()).isEqualTo(truth.getText());
            assertThat(transcript.getEncoderChecksum()).isEqualTo(truth.getEncoderChecksum());
            assertThat(transcript.getDegradationLevel()).isEqualTo(onDevice ? Level.NPU : Level.CPU);
            assertThat(transcript.getId()).isEqualTo(truth.getId());
            assertThat(transcript.getStartMs()).isEqualTo(truth.getStartMs());
            assertThat(transcript.getEndMs()).isEqualTo(truth.getEndMs());
        });
        assertThat(outage.values())
                .extracting(outcome -> outcome.transcript.getBackEnd())
                .contains("npu", "echo");
    }

    @Test
    void windowsWaitForADeviceThatComesBackInTime() throws Exception {
        Map<Long, WindowOutcome> calm = outcomes(BackEndPolicy.DEVICE, 0, 0);
        Map<Long, WindowOutcome> waited = outcomes(BackEndPolicy.DEVICE, 3, 9);
        assertThat(waited).hasSize(WINDOWS).allSatisfy((index, outcome) -> {
            assertThat(outcome.transcript.getText())
                    .isEqualTo(calm.get(index).transcript.getText());
            assertThat(outcome.transcript.getDegradationLevel()).isEqualTo(Level.NPU);
        });
    }

    /** Nothing is lost: each window is either a final now, or a dead letter and a parked window, and then a final. */
    @Test
    void parkedWindowsBecomeTheFinalsThatTheyWouldHaveBeen() throws Exception {
        Map<Long, WindowOutcome> calm = outcomes(BackEndPolicy.DEVICE, 0, 0);
        List<ParkedWindow> parked = new ArrayList<>();
        Map<Long, WindowOutcome> outage = outcomes(
                settings(BackEndPolicy.DEVICE, 4, Integer.MAX_VALUE, Duration.ofMillis(30)), windows(), parked);
        assertThat(outage).hasSize(WINDOWS);
        List<Long> failed = outage.values().stream()
                .filter(outcome -> outcome.kind == WindowOutcome.Kind.FAILED)
                .map(outcome -> outcome.info.index)
                .toList();
        assertThat(failed).isNotEmpty().hasSizeLessThan(WINDOWS);
        assertThat(parked).extracting(ParkedWindow::getSpanIndex).containsExactlyInAnyOrderElementsOf(failed);
        assertThat(outage.get(failed.get(0)).deadLetter.getCause()).isEqualTo(DeadLetterCause.PARKED);
        assertThat(outage.get(failed.get(0)).deadLetter.getMessage()).contains("Parked", "made by a test");

        Map<String, Transcript> replayed = replay(parked);
        assertThat(replayed).hasSameSizeAs(parked);
        for (ParkedWindow window : parked) {
            Transcript truth = calm.get(window.getSpanIndex()).transcript;
            Transcript later = replayed.get(window.getId());
            assertThat(window.getId()).isEqualTo(truth.getId());
            assertThat(later.getStartMs()).isEqualTo(truth.getStartMs());
            assertThat(later.getEndMs()).isEqualTo(truth.getEndMs());
            assertThat(later.getText()).isEqualTo(truth.getText());
            assertThat(later.getWords()).isEqualTo(truth.getWords());
            assertThat(later.getOrigin()).isEqualTo(truth.getOrigin());
        }
    }

    private static Map<Long, WindowOutcome> outcomes(BackEndPolicy policy, int from, int to) throws Exception {
        List<ParkedWindow> parked = new ArrayList<>();
        Map<Long, WindowOutcome> outcomes =
                outcomes(settings(policy, from, to, Duration.ofMinutes(5)), windows(), parked);
        assertThat(parked).isEmpty();
        return outcomes;
    }

    /** @param from call of the device at which it goes out. @param to call at which it is back */
    private static DeviceSettings settings(BackEndPolicy policy, int from, int to, Duration parkAfter) {
        String device = UUID.randomUUID().toString();
        OUTAGES.put(device, new Outage(from, to, new AtomicInteger()));
        return new DeviceSettings(
                policy,
                () -> new FakeNpu(ECHO.open(), OUTAGES.get(device)),
                ECHO,
                device,
                BREAKER,
                parkAfter,
                Duration.ofHours(1),
                5,
                STEADY,
                ProofSettings.NONE);
    }

    private static Map<Long, WindowOutcome> outcomes(
            DeviceSettings device, List<PcmWindow> input, List<ParkedWindow> parked) throws Exception {
        StreamExecutionEnvironment env = environment();
        DataStream<PcmWindow> windows =
                env.fromData(input, TypeInformation.of(PcmWindow.class)).rebalance();
        SingleOutputStreamOperator<EncodedWindow> encoded =
                Stages.encode(Stages.featurize(windows, ECHO, TaskCheck.NONE), device, SETTINGS);
        CloseableIterator<ParkedWindow> beside =
                encoded.getSideOutput(DeviceEncodeFunction.PARKED).collectAsync();
        CloseableIterator<WindowOutcome> outcomes = transcribed(encoded).collectAsync();
        env.execute();
        beside.forEachRemaining(parked::add);
        List<WindowOutcome> collected = new ArrayList<>();
        outcomes.forEachRemaining(collected::add);
        return collected.stream().collect(toMap(outcome -> outcome.info.index, outcome -> outcome));
    }

    private static Map<String, Transcript> replay(List<ParkedWindow> parked) throws Exception {
        SingleObjectCodec<ParkedWindow> codec = new SingleObjectCodec<>(ParkedWindow.class);
        RetryReader reader = new RetryReader();
        List<RetryRecord> records = parked.stream()
                .map(window -> reader.read("retry", 0, 0, 0, null, codec.encode(window)))
                .toList();
        StreamExecutionEnvironment env = environment();
        DataStream<PcmWindow> windows = Stages.unpark(
                env.fromData(records, TypeInformation.of(RetryRecord.class)).rebalance(), ECHO);
        SingleOutputStreamOperator<EncodedWindow> encoded = Stages.encode(
                Stages.featurize(windows, ECHO, TaskCheck.NONE),
                settings(BackEndPolicy.DEVICE, 0, 0, Duration.ofMinutes(5)),
                SETTINGS);
        return Stages.settle(transcribed(encoded)).executeAndCollect(WINDOWS + 1).stream()
                .collect(toMap(Transcript::getId, transcript -> transcript));
    }

    private static DataStream<WindowOutcome> transcribed(DataStream<EncodedWindow> encoded) {
        return Stages.guard(
                Stages.align(Stages.decode(encoded, ECHO, DecodeSettings.DEFAULT, SETTINGS.bounds()), ECHO, SETTINGS),
                GuardSettings.DEFAULT);
    }

    private static StreamExecutionEnvironment environment() {
        Configuration configuration = new Configuration();
        configuration.setString("pipeline.generic-types", "false");
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(2);
        return env;
    }

    private static List<PcmWindow> windows() {
        Random random = new Random(42);
        CallChannel channel = new CallChannel("acme", "call", 0, ChannelRole.AGENT, 0, 0, null);
        List<PcmWindow> windows = new ArrayList<>();
        for (int index = 0; index < WINDOWS; index++) {
            short[] samples = new short[SAMPLES];
            for (int i = 0; i < SAMPLES; i++) {
                samples[i] = (short) (random.nextGaussian() * 3000);
            }
            OffsetRange origin = new OffsetRange("t", 0, index, index);
            windows.add(
                    new PcmWindow(new WindowInfo(channel, index, (long) index * SAMPLES, SAMPLES, origin), samples));
        }
        return windows;
    }
}
