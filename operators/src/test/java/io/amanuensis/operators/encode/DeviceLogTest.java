package io.amanuensis.operators.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.device.BreakerSettings;
import io.amanuensis.operators.device.DegradationSettings;
import io.amanuensis.operators.device.Level;
import io.amanuensis.operators.device.ProofSettings;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.schemas.DeadLetterCause;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.helpers.MessageFormatter;

/** What an operator reads of an outage. */
class DeviceLogTest {
    private static final DeviceSettings SETTINGS = new DeviceSettings(
            BackEndPolicy.DEVICE,
            null,
            null,
            "npu xrt",
            BreakerSettings.DEFAULT,
            Duration.ofMinutes(5),
            Duration.ofSeconds(2),
            5,
            new DegradationSettings(2, 5, Duration.ofMinutes(1), Duration.ofMinutes(1)),
            ProofSettings.NONE);
    private static final EngineFacts FACTS = new EngineFacts("model", "00", "npu", "0");

    private final List<String> lines = new ArrayList<>();
    private final DeviceLog log = new DeviceLog(recorder(), SETTINGS);

    @Test
    void aCalmDeviceIsNoNews() {
        log.left(encoded(3));
        log.left(encoded(1));
        assertThat(lines).isEmpty();
    }

    @Test
    void anOutageIsThreeLinesHoweverLong() {
        for (int i = 0; i < 100; i++) {
            log.waits("the device has gone");
        }
        for (int i = 0; i < 10; i++) {
            log.left(parked(2));
            log.waits("the device has gone");
        }
        log.left(encoded(2));
        log.left(encoded(2));
        assertThat(lines)
                .containsExactly(
                        "warn Device npu xrt is out: windows wait for it, each for PT5M at most, and are parked then."
                                + " the device has gone",
                        "warn Windows are parked on the retry topic, the first for this reason: Parked for a later try: gone",
                        "info Windows are encoded again: device npu xrt is back, or there is less to do. 20 were parked meanwhile;"
                                + " a job with retry.replay transcribes them");
    }

    @Test
    void theNextOutageIsNewsAgain() {
        log.waits("gone");
        log.left(encoded(1));
        log.waits("gone");
        log.left(parked(1));
        log.left(encoded(1));
        assertThat(lines).hasSize(5);
        assertThat(lines.get(1)).endsWith("0 were parked meanwhile");
        assertThat(lines.get(4)).contains("1 were parked meanwhile");
    }

    @Test
    void aBusyDeviceIsALineAndAnotherWhenItKeepsUp() {
        log.began();
        log.ended(7);
        assertThat(lines)
                .containsExactly(
                        "warn Device npu xrt is busy: windows have waited PT2S for it, and the CPU encodes some in its place",
                        "info Device npu xrt keeps up again: the CPU has encoded 7 windows in its place");
    }

    private static List<EncodedWindow> encoded(int windows) {
        return Collections.nCopies(windows, new EncodedWindow(null, new byte[2], "0", FACTS, 0, 0, Level.NPU, null));
    }

    private static List<EncodedWindow> parked(int windows) {
        WindowFailure failure = new WindowFailure("encode", DeadLetterCause.PARKED, "Parked for a later try: gone");
        return Collections.nCopies(windows, EncodedWindow.failed(null, FACTS, Level.PARKED, failure));
    }

    private Logger recorder() {
        return (Logger) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Logger.class}, (proxy, method, arguments) -> {
                    Object[] values = arguments.length == 2 && arguments[1] instanceof Object[] many
                            ? many
                            : List.of(arguments).subList(1, arguments.length).toArray();
                    lines.add(method.getName() + " "
                            + MessageFormatter.arrayFormat((String) arguments[0], values)
                                    .getMessage());
                    return null;
                });
    }
}
