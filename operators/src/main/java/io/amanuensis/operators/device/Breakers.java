package io.amanuensis.operators.device;

import io.amanuensis.engine.QuarantinedDevices;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The breaker of each device context of a job in this process: all subtasks that encode on a device share its context, and so what they
 * learn of it. A breaker is never forgotten; there are as many as there are devices. A quarantine holds for all jobs that name the device
 * alike, those that run and those that come later.
 */
public final class Breakers {
    private static final Logger LOG = LoggerFactory.getLogger(Breakers.class);
    private static final ConcurrentMap<Key, Breaker> BREAKERS = new ConcurrentHashMap<>();

    private record Key(String device, BreakerSettings settings) {}

    private Breakers() {}

    /** @param device names the context */
    public static Breaker of(String device, BreakerSettings settings) {
        Breaker breaker = BREAKERS.computeIfAbsent(
                new Key(device, settings),
                key -> new Breaker(
                        settings,
                        () -> System.nanoTime() / 1_000_000,
                        () -> QuarantinedDevices.contains(device),
                        (from, to) -> tell(device, from, to)));
        if (QuarantinedDevices.contains(device)) {
            breaker.quarantine();
        }
        return breaker;
    }

    private static void tell(String device, Breaker.State from, Breaker.State to) {
        if (to == Breaker.State.QUARANTINED) {
            QuarantinedDevices.add(device);
        }
        log(device, from, to);
    }

    private static void log(String device, Breaker.State from, Breaker.State to) {
        switch (to) {
            case CLOSED -> LOG.info("Device {} is back: its breaker was {} and is closed.", device, from);
            case HALF_OPEN -> LOG.info("Device {} is tried again: its breaker was {} and is half-open.", device, from);
            case OPEN -> LOG.warn("Device {} fails: its breaker was {} and is open.", device, from);
            case QUARANTINED ->
                LOG.error(
                        "Device {} is quarantined: what it computed differs from the CPU's. It is not used again before the"
                                + " task manager starts anew; run the device's self-test first.",
                        device);
        }
    }
}
