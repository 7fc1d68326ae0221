package io.amanuensis.operators.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.engine.EngineException;
import io.amanuensis.engine.EngineExceptions;
import io.amanuensis.engine.States;
import io.amanuensis.engine.Status;
import io.amanuensis.operators.device.Breaker;
import io.amanuensis.operators.device.BreakerSettings;
import io.amanuensis.operators.device.DegradationSettings;
import io.amanuensis.operators.device.Level;
import io.amanuensis.operators.device.ProofSettings;
import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.ParkedReason;
import io.amanuensis.schemas.ParkedWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeviceEncodeFunctionTest {
    private static final BreakerSettings BREAKER = BreakerSettings.DEFAULT;
    private static final Duration PARK_AFTER = Duration.ofSeconds(90);
    private static final Duration SPILL_AFTER = Duration.ofSeconds(1);
    private static final DegradationSettings DEGRADATION =
            new DegradationSettings(4, 2, Duration.ofSeconds(10), Duration.ofSeconds(60));
    private static final ProofSettings ALL = new ProofSettings(1, 0.999);

    private final ScriptedEngine npu = new ScriptedEngine("npu");
    private final ScriptedEngine cpu = new ScriptedEngine("cpu");
    private final Clock clock = new Clock();
    private final List<Breaker.State> breakerStates = new ArrayList<>();
    private final RecordedMetrics metrics = new RecordedMetrics();
    private Breaker breaker;
    private DeviceEncodeFunction function;

    /** Passes when somebody waits. */
    private static final class Clock implements Patience {
        private static final long serialVersionUID = 1;

        long nowMs;
        transient Runnable whenWaiting = () -> {};

        @Override
        public long nowMs() {
            return nowMs;
        }

        @Override
        public void await(long ms) {
            nowMs += ms;
            whenWaiting.run();
        }

        @Override
        public void end() {}
    }

    @AfterEach
    void close() {
        if (function != null) {
            function.close();
        }
    }

    @Test
    void deviceEncodesAndItsStatesAndNameAreRecorded() throws Exception {
        open(BackEndPolicy.DEVICE_OR_CPU, ProofSettings.NONE);
        List<EncodedWindow> encoded = apply(1, 2, 3);
        assertBy("npu", Level.NPU, encoded, 1, 2, 3);
        assertThat(cpu.calls).isEmpty();
        assertThat(metrics.gauge("degradationLevel")).isEqualTo(1);
    }

    @Test
    void failedDeviceIsResetAndTriedOnceMore() throws Exception {
        open(BackEndPolicy.DEVICE_OR_CPU, ProofSettings.NONE);
        for (int i = 0; i < 20; i++) {
            npu.script.add(Status.DEVICE_TIMEOUT);
            npu.script.add(Status.UNKNOWN); // the second try succeeds
            assertBy("npu", Level.NPU, apply(i), i);
        }
        assertThat(npu.resets).isEqualTo(20);
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
        assertThat(metrics.count("status.device_timeout.deviceFailures")).isEqualTo(20);
        assertThat(metrics.count("deviceResets")).isEqualTo(20);
    }

    @Test
    void cpuStandsInUntilThreeProbesHaveSucceeded() throws Exception {
        open(BackEndPolicy.DEVICE_OR_CPU, ProofSettings.NONE);
        npu.always = Status.DEVICE_LOST;
        for (int i = 0; i < 5; i++) {
            assertBy("cpu", Level.CPU, apply(i), i);
        }
        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
        assertThat(metrics.gauge("breakerState")).isEqualTo(2);
        assertThat(metrics.gauge("degradationLevel")).isEqualTo(2);
        int calls = npu.calls.size();
        assertThat(calls).as("two tries each").isEqualTo(10);

        npu.always = null;
        clock.nowMs += BREAKER.openTime().toMillis() - 1;
        assertBy("cpu", Level.CPU, apply(5), 5);
        assertThat(npu.calls).hasSize(calls);

        clock.nowMs++;
        for (int i = 6; i < 9; i++) {
            assertBy("npu", Level.NPU, apply(i), i);
        }
        assertThat(metrics.gauge("breakerState")).isEqualTo(0);
        assertThat(breakerStates).containsExactly(Breaker.State.OPEN, Breaker.State.HALF_OPEN, Breaker.State.CLOSED);
        assertThat(metrics.count("windowsOnCpu")).isEqualTo(6);
        assertThat(metrics.count("status.device_lost.deviceFailures")).isEqualTo(10);
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.class,
            names = {
                "DEADLINE",
                "DEVICE_HOST_TIMEOUT",
                "DEVICE_STALE",
                "DEVICE_WRONG",
                "DEVICE_PERMISSION",
                "DEVICE_ABORT"
            })
    void whateverTheDeviceFailsWithCounts(Status status) throws Exception {
        open(BackEndPolicy.DEVICE_OR_CPU, ProofSettings.NONE);
        npu.always = status;
        for (int i = 0; i < 5; i++) {
            assertBy("cpu", Level.CPU, apply(i, i + 1), i, i + 1);
        }
        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
    }

    @Test
    void busyDeviceIsNoFailure() throws Exception {
        open(BackEndPolicy.DEVICE_OR_CPU, ProofSettings.NONE);
        npu.always = Status.DEVICE_BUSY;
        for (int i = 0; i < 10; i++) {
            assertBy("cpu", Level.CPU, apply(i), i);
        }
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
        assertThat(npu.resets).isZero();
    }

    @Test
    void badInputFailsAloneAndCountsAgainstNobody() throws Exception {
        open(BackEndPolicy.DEVICE_OR_CPU, ProofSettings.NONE);
        npu.badWindows.put(2, Status.ARGUMENT);
        for (int i = 0; i < 10; i++) {
            List<EncodedWindow> encoded = apply(1, 2, 3);
            assertBy("npu", Level.NPU, List.of(encoded.get(0), encoded.get(2)), 1, 3);
            assertThat(encoded.get(1).failure().cause()).isEqualTo(DeadLetterCause.ENGINE_INPUT);
        }
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
        assertThat(npu.resets).isZero();
    }

    @Test
    void numberThatOnlyTheDeviceDoesNotHaveIsTheDevicesFault() throws Exception {
        open(BackEndPolicy.DEVICE_OR_CPU, ProofSettings.NONE);
        npu.badWindows.put(2, Status.NUMERIC);
        npu.badWindows.put(7, Status.NUMERIC);
        cpu.badWindows.put(7, Status.NUMERIC);
        for (int i = 0; i < 10; i++) {
            assertThat(apply(7).get(0).failure().cause()).isEqualTo(DeadLetterCause.ENGINE_INPUT);
        }
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
        for (int i = 0; i < 5; i++) {
            assertBy("cpu", Level.CPU, apply(2), 2);
        }
        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
    }

    @Test
    void windowsWaitForTheDeviceThatTheyMayNotDoWithout() throws Exception {
        open(BackEndPolicy.DEVICE, ProofSettings.NONE);
        npu.always = Status.DEVICE_LOST;
        clock.whenWaiting = () -> {
            if (clock.nowMs >= 5_000) {
                npu.always = null;
            }
        };
        assertBy("npu", Level.NPU, apply(1, 2), 1, 2);
        assertThat(clock.nowMs)
                .as("open for a minute after five failures")
                .isBetween(BREAKER.openTime().toMillis(), BREAKER.openTime().toMillis() + 1000);
        assertThat(breakerStates).containsExactly(Breaker.State.OPEN, Breaker.State.HALF_OPEN);
    }

    @Test
    void windowsThatHaveWaitedTooLongAreParked() throws Exception {
        open(BackEndPolicy.DEVICE, ProofSettings.NONE);
        npu.always = Status.DEVICE_LOST;
        List<EncodedWindow> parked = apply(1, 2);
        assertThat(clock.nowMs).isEqualTo(PARK_AFTER.toMillis());
        assertThat(parked).hasSize(2).allSatisfy(window -> {
            assertThat(window.level()).isEqualTo(Level.PARKED);
            assertThat(window.failure().message()).contains("Parked", "out for PT1M30S", "made by a test");
        });
        assertThat(metrics.count("windowsParked")).isEqualTo(2);
        assertThat(metrics.gauge("degradationLevel")).isEqualTo(4);

        ParkedWindow record = function.parking().record(window(1, 0), parked.get(0));
        assertThat(record.getReason()).isEqualTo(ParkedReason.DEVICE_OUT);
        assertThat(record.getAttempts()).isEqualTo(1);
        npu.always = null;
        clock.nowMs += BREAKER.openTime().toMillis();
        EncodedWindow encoded = apply(3).get(0);
        assertThat(function.parking().record(window(3, 0), encoded)).isNull();
    }

    @Test
    void timeInTheQueueCounts() throws Exception {
        open(BackEndPolicy.DEVICE, ProofSettings.NONE);
        npu.always = Status.DEVICE_LOST;
        List<EncodedWindow> parked =
                function.apply(List.of(window(1, 0)), PARK_AFTER.minusSeconds(1).toNanos());
        assertThat(parked.get(0).level()).isEqualTo(Level.PARKED);
        assertThat(clock.nowMs).isEqualTo(1000);
    }

    @Test
    void windowThatIsParkedTooOftenIsGivenUp() throws Exception {
        open(BackEndPolicy.DEVICE, ProofSettings.NONE);
        npu.always = Status.DEVICE_LOST;
        List<EncodedWindow> results = function.apply(List.of(window(1, 2), window(2, 3)));
        assertThat(results.get(0).level()).isEqualTo(Level.PARKED);
        assertThat(function.parking().record(window(1, 2), results.get(0)).getAttempts())
                .isEqualTo(3);
        assertThat(results.get(1).level()).isNotEqualTo(Level.PARKED);
        assertThat(results.get(1).failure().message()).contains("Given up after being parked 3 times");
        assertThat(function.parking().record(window(2, 3), results.get(1))).isNull();
    }

    @Test
    void provedDeviceGoesOnAndTheLeastCosineIsShown() throws Exception {
        npu.drift = 0.03f;
        open(BackEndPolicy.DEVICE_OR_CPU, ALL);
        List<EncodedWindow> encoded = apply(1, 2);
        assertThat(encoded).allSatisfy(window -> {
            assertThat(window.engine().backEnd()).isEqualTo("npu");
            assertThat(window.level()).isEqualTo(Level.NPU);
        });
        assertThat(encoded.get(0).states()).isEqualTo(ScriptedEngine.states(1, 0.03f));
        assertThat(metrics.count("windowsProved")).isEqualTo(2);
        assertThat((double) metrics.gauge("proofCosineMin")).isBetween(0.9990, 0.9999);
    }

    @Test
    void driftQuarantinesTheDeviceAndTheWindowsGetTheStatesOfTheCpu() throws Exception {
        npu.drift = 0.2f;
        open(BackEndPolicy.DEVICE_OR_CPU, ALL);
        assertBy("cpu", Level.CPU, apply(1, 2), 1, 2);
        assertThat(breaker.state()).isEqualTo(Breaker.State.QUARANTINED);
        assertThat(metrics.count("deviceQuarantines")).isEqualTo(1);
        npu.drift = 0;
        clock.nowMs += Duration.ofDays(1).toMillis();
        assertBy("cpu", Level.CPU, apply(3), 3);
        assertThat(npu.calls).hasSize(1);
    }

    @Test
    void deviceThatMayNotBeDoneWithoutIsProvedToo() throws Exception {
        npu.drift = 0.2f;
        open(BackEndPolicy.DEVICE, ALL);
        assertThat(apply(1).get(0).level()).isEqualTo(Level.PARKED);
        assertThat(breaker.state()).isEqualTo(Breaker.State.QUARANTINED);
    }

    @Test
    void withoutADeviceTheCpuEncodesOrTheTaskDoesNotStart() throws Exception {
        SpeechEngine.Provider none = () -> {
            throw EngineExceptions.of(Status.DEVICE_NONE);
        };
        assertThatThrownBy(() -> open(BackEndPolicy.DEVICE, none, ProofSettings.NONE))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("made by a test");
        open(BackEndPolicy.DEVICE_OR_CPU, none, ProofSettings.NONE);
        for (int i = 0; i < 5; i++) {
            assertBy("cpu", Level.CPU, apply(i), i);
        }
        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
    }

    @Test
    void windowsAreSpilledUntilTheDeviceKeepsUp() throws Exception {
        open(BackEndPolicy.DEVICE_OR_CPU, ProofSettings.NONE);
        assertThat(metrics.gauge("spilling")).isEqualTo(0);
        function.spill().open(new RecordedMetrics());
        assertBy("cpu", Level.CPU, function.spill().apply(List.of(window(1, 0))), 1);
        assertThat(metrics.gauge("spilling")).isEqualTo(1);
        assertThat(metrics.count("windowsSpilled")).isEqualTo(1);
        function.apply(List.of(window(2, 0)), SPILL_AFTER.minusMillis(1).toNanos());
        assertThat(metrics.gauge("spilling")).isEqualTo(1);
        function.apply(List.of(window(3, 0)), 0);
        assertThat(metrics.gauge("spilling")).isEqualTo(0);
        function.spill().close();
    }

    @Test
    void lastingStrainLeadsDownStepByStepAndCalmBackUp() throws Exception {
        open(BackEndPolicy.DEVICE_OR_CPU, ProofSettings.NONE);
        Duration tooLong = DEGRADATION.waitMost().plusMillis(1);
        assertThat(levels(tooLong, 5)).containsExactly(1, 3, 3, 4, 4);
        EncodedWindow parked =
                function.apply(List.of(window(9, 0)), tooLong.toNanos()).get(0);
        assertThat(function.parking().record(window(9, 0), parked).getReason()).isEqualTo(ParkedReason.OVERLOAD);
        clock.nowMs += DEGRADATION.stable().toMillis();
        assertThat(levels(Duration.ZERO, 2)).containsExactly(3, 3);
        clock.nowMs += DEGRADATION.stable().toMillis();
        assertThat(levels(Duration.ZERO, 2)).containsExactly(1, 1);
        assertThat(npu.calls).as("parked windows are not encoded").hasSize(7);
    }

    @Test
    void nobodyWaitsAnyLongerForADeviceWhenTheTaskIsCancelled() {
        Patience patience = new Patience.OfSystem();
        patience.end();
        assertThatThrownBy(() -> patience.await(TimeUnit.HOURS.toMillis(1))).isInstanceOf(CancellationException.class);
    }

    private List<Integer> levels(Duration waited, int windows) throws Exception {
        List<Integer> levels = new ArrayList<>();
        for (int i = 0; i < windows; i++) {
            levels.add(function.apply(List.of(window(i, 0)), waited.toNanos())
                    .get(0)
                    .level());
        }
        return levels;
    }

    private void open(BackEndPolicy policy, ProofSettings proof) {
        open(policy, () -> npu, proof);
    }

    private void open(BackEndPolicy policy, SpeechEngine.Provider device, ProofSettings proof) {
        breaker = new Breaker(BREAKER, clock::nowMs, () -> false, (from, to) -> breakerStates.add(to));
        DeviceSettings settings = new DeviceSettings(
                policy, device, () -> cpu, "test", BREAKER, PARK_AFTER, SPILL_AFTER, 3, DEGRADATION, proof);
        function = new DeviceEncodeFunction(settings, given -> breaker, clock);
        function.open(metrics);
    }

    private List<EncodedWindow> apply(int... windows) throws Exception {
        return function.apply(IntStream.of(windows).mapToObj(i -> window(i, 0)).toList());
    }

    private static void assertBy(String backEnd, int level, List<EncodedWindow> encoded, int... windows) {
        assertThat(encoded).hasSize(windows.length);
        for (int i = 0; i < windows.length; i++) {
            EncodedWindow window = encoded.get(i);
            assertThat(window.failure()).isNull();
            assertThat(window.engine().backEnd()).isEqualTo(backEnd);
            assertThat(window.level()).isEqualTo(level);
            assertThat(window.info().index).isEqualTo(windows[i]);
            assertThat(window.states()).isEqualTo(ScriptedEngine.states(windows[i], 0));
            assertThat(window.checksum()).isEqualTo(States.checksum(window.states()));
        }
    }

    private static PcmWindow window(int index, int parkings) {
        CallChannel channel = new CallChannel("acme", "call", 0, ChannelRole.AGENT, 0, 0, null);
        WindowInfo info = new WindowInfo(channel, index, 1600L * index, 2, new OffsetRange("t", 0, index, index));
        return new PcmWindow(info, new short[] {(short) index, 0}, parkings);
    }
}
