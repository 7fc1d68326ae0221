package io.amanuensis.operators.encode;

import io.amanuensis.operators.device.BreakerSettings;
import io.amanuensis.operators.device.DegradationSettings;
import io.amanuensis.operators.device.ProofSettings;
import io.amanuensis.operators.engine.SpeechEngine;
import java.io.Serializable;
import java.time.Duration;

/**
 * How windows are encoded where there is a device.
 *
 * @param device opens the engine on the device
 * @param cpu opens the engine that stands in for it and proves it, with the same model
 * @param deviceName names the device's context: those of one name in a process share a breaker
 * @param parkAfter how long a window waits for a device that is out, before it is parked; of policy DEVICE
 * @param spillAfter a window that has waited longer for a busy device goes to the CPU; of policy DEVICE_OR_CPU
 * @param mostParkings a window that has been parked so often is given up
 */
public record DeviceSettings(
        BackEndPolicy policy,
        SpeechEngine.Provider device,
        SpeechEngine.Provider cpu,
        String deviceName,
        BreakerSettings breaker,
        Duration parkAfter,
        Duration spillAfter,
        int mostParkings,
        DegradationSettings degradation,
        ProofSettings proof)
        implements Serializable {

    public DeviceSettings {
        if (parkAfter.isNegative()) {
            throw new IllegalArgumentException("parkAfter is " + parkAfter + ", must not be negative");
        }
        if (spillAfter.isNegative()) {
            throw new IllegalArgumentException("spillAfter is " + spillAfter + ", must not be negative");
        }
        if (mostParkings < 1) {
            throw new IllegalArgumentException("mostParkings is " + mostParkings + ", must be at least 1");
        }
    }

    boolean fallsBack() {
        return policy == BackEndPolicy.DEVICE_OR_CPU;
    }

    boolean needsCpu() {
        return fallsBack() || proof.fraction() > 0;
    }
}
