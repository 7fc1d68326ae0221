package io.amanuensis.engine;

import com.sun.jna.ptr.LongByReference;
import io.amanuensis.engine.AmanuensisLibrary.AmOptions;
import java.nio.charset.StandardCharsets;

/** Whether a device is there, and whether it computes what it should. */
public final class DeviceCheck {
    private static final int REPORT_BYTES = 1 << 14;

    private DeviceCheck() {}

    /**
     * What the device says of itself, in lines {@code name: value}; it is not opened.
     *
     * @throws EngineException with the status of the first thing that is missing: {@link Status#DEVICE_NO_BACK_END},
     *     {@link Status#DEVICE_NONE}, {@link Status#DEVICE_PERMISSION}, {@link Status#DEVICE_MEMLOCK}
     */
    public static String probe(DeviceOptions options) {
        return report(options, AmanuensisLibrary::am_device_probe);
    }

    /**
     * Opens the device, or uses it if a model has it open, and multiplies what can be told apart.
     *
     * @return what it saw, in lines {@code name: value}; the last is {@code result: pass}
     * @throws EngineException {@link Status#DEVICE_WRONG} where a result is wrong, and the failures of opening and of commands
     */
    public static String selfTest(DeviceOptions options) {
        return report(options, AmanuensisLibrary::am_device_self_test);
    }

    /**
     * What a latency model says of Whisper's encoders on an XDNA2 NPU: a table for people, labelled as a model, with its inputs.
     *
     * @param options may hold {@code device-gbps}, {@code device-launch-us}, {@code device-tflops} and {@code host-gflops}
     */
    public static String estimate(DeviceOptions options) {
        return report(options, AmanuensisLibrary::am_device_estimate);
    }

    private interface Reporter {
        int report(AmOptions options, byte[] report, long capacity, LongByReference length);
    }

    private static String report(DeviceOptions options, Reporter reporter) {
        NativeLoader.load();
        try (NativeHandle<AmOptions> nativeOptions = NativeOptions.open(options.toNative());
                OutCells cells = new OutCells()) {
            byte[] report = new byte[REPORT_BYTES];
            EngineException.check(reporter.report(nativeOptions.get(), report, report.length, cells.number));
            return new String(report, 0, Math.toIntExact(cells.number.getValue()), StandardCharsets.UTF_8);
        }
    }
}
