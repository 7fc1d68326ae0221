package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ObjectAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The emulated device as operators see it: its work, each of its failures, and its coming back. */
class DeviceTest {
    private static final Path FOLDER = Path.of("demo-model/model");
    private static final DeviceOptions DEVICE = DeviceOptions.emulated();

    /** Layers of the demonstration model, and what each gives to the device. */
    private static final long RUNS = 6 * 16;

    @Test
    void theSelfTestSaysWhatItSaw() {
        assertThat(DeviceCheck.probe(DEVICE)).contains("device: XDNA2 NPU (EMULATED)\n");
        assertThat(DeviceCheck.selfTest(DEVICE))
                .contains("position probes: 100 of 100 rows exact\n")
                .endsWith("result: pass\n");
        assertFails(() -> DeviceCheck.selfTest(DEVICE.withFaults("drift")), Status.DEVICE_WRONG, "row 0");
        assertFails(() -> DeviceCheck.probe(DEVICE.withFaults("memlock")), Status.DEVICE_MEMLOCK, "locked");
    }

    @Test
    void theEstimateIsLabelledAndFollowsItsInputs() {
        String usual = DeviceCheck.estimate(DEVICE);
        assertThat(usual).startsWith("A MODEL, NOT A MEASUREMENT").contains("tiny", "base", "small", "large-v3-turbo");
        assertThat(DeviceCheck.estimate(DEVICE.with("device-launch-us", "10")))
                .contains("L 10.0 us")
                .isNotEqualTo(usual);
        assertFails(() -> DeviceCheck.estimate(DEVICE.with("device-tflops", "0")), Status.OPTION, "device-tflops");
    }

    @Test
    void aModelSaysWhatComputes() throws Exception {
        try (Model model = Model.open(FOLDER, ModelOptions.npu(DEVICE));
                Session session = model.openSession()) {
            assertThat(model.backEnd()).isEqualTo("npu-emulated");
            assertThat(model.device()).isEqualTo("XDNA2 NPU (EMULATED)");
            float[] mel = mel(session);
            byte[] states = session.encode(List.of(mel), null).get(0);
            assertThat(model.deviceNumber("device-runs")).isEqualTo(RUNS);
            assertThat(model.deviceNumber("device-modelled-ns")).isBetween(RUNS * 151_000L, RUNS * 152_000L);
            try (Model cpu = Model.open(FOLDER, ModelOptions.cpu());
                    Session exact = cpu.openSession()) {
                assertThat(states).isNotEqualTo(exact.encode(List.of(mel), null).get(0));
                assertFails(cpu::resetDevice, Status.ARGUMENT, "no device");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "error@3, DEVICE_COMMAND, ERROR (5)",
        "abort@3, DEVICE_ABORT, ABORT (6)",
        "timeout@3, DEVICE_TIMEOUT, TIMEOUT (8)",
        "hang@3, DEVICE_HOST_TIMEOUT, in flight",
        "lost@3, DEVICE_LOST, gone",
        "stale@3, DEVICE_STALE, earlier run",
        "silent@3, DEVICE_STALE, did not write",
    })
    void aFailureHasItsStatusAndAResetMendsIt(String faults, Status status, String words) throws Exception {
        DeviceOptions device = DEVICE.withFaults(faults).with("device-run-timeout-ms", "50");
        try (Model model = Model.open(FOLDER, ModelOptions.npu(device));
                Session session = model.openSession()) {
            List<float[]> mel = List.of(mel(session));
            assertFails(() -> session.encode(mel, null), status, words)
                    .matches(EngineException::isDeviceFailure, "is a device failure");
            assertFails(() -> session.encode(mel, null), Status.DEVICE_POISONED, words);
            model.resetDevice();
            assertThat(session.encode(mel, null)).hasSize(1);
            assertThat(model.deviceNumber("device-resets")).isEqualTo(1);
        }
    }

    @Test
    void aFileUnplugsTheDevice(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("faults");
        ModelOptions options = ModelOptions.npu(DEVICE.withFaultFile(file.toString()));
        try (Model model = Model.open(FOLDER, options);
                Session session = model.openSession()) {
            List<float[]> mel = List.of(mel(session));
            byte[] states = session.encode(mel, null).get(0);
            Files.writeString(file, "lost");
            assertFails(() -> session.encode(mel, null), Status.DEVICE_LOST, "gone");
            assertFails(model::resetDevice, Status.DEVICE_LOST, "not come back");
            assertFails(
                    () -> Model.open(
                            FOLDER,
                            ModelOptions.npu(
                                    DEVICE.withFaultFile(file.toString()).withQueue(3))),
                    Status.DEVICE_NONE,
                    "no such device");
            Files.delete(file);
            model.resetDevice();
            assertThat(session.encode(mel, null).get(0)).isEqualTo(states);
        }
    }

    @Test
    void optionsOfADeviceAreForBackEndNpuAlone() {
        assertThat(ModelOptions.npu(DEVICE.withQueue(3)).toNative())
                .containsEntry("back-end", "npu")
                .containsEntry("device", "emulated")
                .containsEntry("device-queue", "3");
        assertThatThrownBy(() -> ModelOptions.npu(DeviceOptions.NONE)).isInstanceOf(IllegalArgumentException.class);
        assertFails(
                () -> Model.open(FOLDER, ModelOptions.npu(DeviceOptions.xrt("/no/such"))),
                Status.DEVICE_OVERLAY,
                "/no/such/overlay.json");
    }

    private static float[] mel(Session session) throws Exception {
        return Sounds.melOf(session, Sounds.wav(Path.of("demo-model/testset/utterance-00-espeak_seen-clean.wav")));
    }

    private static ObjectAssert<EngineException> assertFails(ThrowingCallable call, Status status, String words) {
        return assertThatThrownBy(call)
                .hasMessageContaining(words)
                .asInstanceOf(type(EngineException.class))
                .satisfies(e -> assertThat(e.status()).isEqualTo(status));
    }
}
