package io.amanuensis.job.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.amanuensis.engine.EngineException;
import io.amanuensis.engine.Status;
import io.amanuensis.job.DemoModel;
import io.amanuensis.job.JobConfig;
import io.amanuensis.operators.engine.SpeechEngine;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The options of the NPU reach the engine that encodes, and no other. */
class DeviceEngineTest {
    @ParameterizedTest
    @CsvSource({"npu", "auto"})
    void theEncoderIsTheDevicesAndTheRestIsTheProcessors(String backEnd) {
        JobConfig config = config(Map.of("model.back-end", backEnd, "npu.device", "emulated"));

        try (SpeechEngine device = config.deviceEngine().orElseThrow().open();
                SpeechEngine rest = config.speechEngine().open()) {
            assertThat(device.facts().backEnd()).isEqualTo("npu-emulated");
            assertThat(rest.facts().backEnd()).isEqualTo("cpu");
        }
    }

    @Test
    void theProcessorAloneHasNoDevice() {
        assertThat(config(Map.of("model.back-end", "cpu", "npu.device", "emulated"))
                        .deviceEngine())
                .isEmpty();
    }

    @Test
    void optionsOfTheDeviceArePassedOn() {
        JobConfig config =
                config(Map.of("model.back-end", "npu", "npu.device", "emulated", "npu.option.faults", "permission"));

        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> config.deviceEngine().orElseThrow().open().close())
                .satisfies(failure -> assertThat(failure.status()).isEqualTo(Status.DEVICE_PERMISSION));
    }

    @Test
    void aRealNpuNeedsAnOverlay() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config(Map.of("model.back-end", "npu")))
                .withMessageContaining("npu.overlay is not set");
    }

    /** With or without a runtime on this machine: there is nothing to load in a folder that does not exist. */
    @Test
    void aRealNpuThatCannotBeSetUpIsSaid() {
        JobConfig config = config(Map.of("model.back-end", "npu", "npu.overlay", "/nowhere"));

        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> config.deviceEngine().orElseThrow().open().close())
                .satisfies(failure -> assertThat(failure.status())
                        .isIn(Status.DEVICE_NO_BACK_END, Status.DEVICE_NONE, Status.DEVICE_OVERLAY));
    }

    private static JobConfig config(Map<String, String> options) {
        Map<String, String> all = new HashMap<>(options);
        all.put("model.path", DemoModel.MODEL.toAbsolutePath().normalize().toString());
        return JobConfig.from(Configuration.fromMap(all));
    }
}
