package io.amanuensis.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * What {@link XrtDeviceTest} runs in a process of its own: one use of an NPU by XRT, with what it came to on the standard output.
 *
 * <ul>
 *   <li>{@code self-test LIBRARY OVERLAY}: opens the device and multiplies
 *   <li>{@code encode LIBRARY OVERLAY MODEL FAULTS SCRIPT}: encodes a window, again under the faults of the script, and once more
 *       when they have gone and the device has been reset
 * </ul>
 */
final class XrtProgram {
    private XrtProgram() {}

    public static void main(String[] arguments) throws IOException {
        DeviceOptions device = DeviceOptions.xrt(arguments[2])
                .with("device-library", arguments[1])
                .withRunTimeout(Duration.ofMillis(300));
        if (arguments[0].equals("self-test")) {
            report(() -> System.out.print(DeviceCheck.selfTest(device)));
        } else {
            encode(device, Path.of(arguments[3]), Path.of(arguments[4]), arguments[5]);
        }
    }

    private static void encode(DeviceOptions device, Path folder, Path faults, String script) throws IOException {
        try (Model model = Model.open(folder, ModelOptions.npu(device));
                Session session = model.openSession()) {
            System.out.println("back end " + model.backEnd());
            float[] mel = Sounds.melOf(session, Sounds.noise(1, 16_000));
            byte[] states = session.encode(List.of(mel), null).get(0);
            replace(faults, script);
            report(() -> session.encode(List.of(mel), null));
            replace(faults, "");
            report(() -> session.encode(List.of(mel), null));
            model.resetDevice();
            byte[] again = session.encode(List.of(mel), null).get(0);
            System.out.println("after reset " + (Arrays.equals(states, again) ? "equal" : "different"));
        }
    }

    /** The emulator may read at any time. */
    private static void replace(Path faults, String script) throws IOException {
        Path whole = faults.resolveSibling("faults.new");
        Files.writeString(whole, script);
        Files.move(whole, faults, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void report(Runnable use) {
        try {
            use.run();
            System.out.println("OK");
        } catch (EngineException e) {
            System.out.println(e.status() + " " + e.getMessage());
        }
    }
}
