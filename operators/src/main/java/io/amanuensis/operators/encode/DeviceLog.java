package io.amanuensis.operators.encode;

import io.amanuensis.operators.device.Level;
import io.amanuensis.operators.element.EncodedWindow;
import java.util.List;
import org.slf4j.Logger;

/**
 * What the log says of a device that does not do all of the work: a line when that begins and one when it is over, whatever the
 * number of windows. The breaker has lines of its own. {@link Saturation.Listener} from any thread, all else from the batch thread.
 */
final class DeviceLog implements Saturation.Listener {
    private final Logger log;
    private final DeviceSettings settings;
    private boolean waiting;
    private boolean parking;
    private long parked; // since windows wait

    DeviceLog(Logger log, DeviceSettings settings) {
        this.log = log;
        this.settings = settings;
    }

    @Override
    public void began() {
        log.warn(
                "Device {} is busy: windows have waited {} for it, and the CPU encodes some in its place",
                settings.deviceName(),
                settings.spillAfter());
    }

    @Override
    public void ended(long spilled) {
        log.info(
                "Device {} keeps up again: the CPU has encoded {} windows in its place",
                settings.deviceName(),
                spilled);
    }

    /** A batch waits for a device that it may not do without. @param why what the device said; empty if nothing */
    void waits(String why) {
        if (!waiting) {
            waiting = true;
            parked = 0;
            log.warn(
                    "Device {} is out: windows wait for it, each for {} at most, and are parked then. {}",
                    settings.deviceName(),
                    settings.parkAfter(),
                    why);
        }
    }

    /** A batch has been dealt with. */
    void left(List<EncodedWindow> windows) {
        long more = windows.stream()
                .filter(window -> window.level() == Level.PARKED)
                .count();
        if (more > 0) {
            if (!parking) {
                parking = true;
                log.warn(
                        "Windows are parked on the retry topic, the first for this reason: {}",
                        windows.stream()
                                .filter(window -> window.level() == Level.PARKED)
                                .findFirst()
                                .orElseThrow()
                                .failure()
                                .message());
            }
            parked += more;
        } else if (waiting || parking) {
            log.info(
                    "Windows are encoded again: device {} is back, or there is less to do. {} were parked meanwhile{}",
                    settings.deviceName(),
                    parked,
                    parked == 0 ? "" : "; a job with retry.replay transcribes them");
            waiting = false;
            parking = false;
            parked = 0;
        }
    }
}
