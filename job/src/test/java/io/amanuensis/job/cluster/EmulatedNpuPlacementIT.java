package io.amanuensis.job.cluster;

import io.amanuensis.job.DemoModel;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** The same with a network whose encoder the emulated NPU computes. */
@Tag("npu")
class EmulatedNpuPlacementIT extends NpuPlacementIT {
    private static final List<String> DEVICE = List.of(
            "-Dnpu.device=emulated",
            "-Dmodel.path=" + DemoModel.MODEL.toAbsolutePath().normalize());

    @Override
    List<String> device() {
        return DEVICE;
    }

    /** No other back end gives the same numbers. */
    @Override
    List<String> reference() {
        return List.of("-Dmodel.back-end=npu", "-Dcpu.slot.resource-name=cpu-slot", DEVICE.get(0), DEVICE.get(1));
    }
}
