package io.amanuensis.operators.encode;

import io.amanuensis.engine.EngineException;
import io.amanuensis.engine.Status;
import io.amanuensis.engine.Status.Fault;
import io.amanuensis.operators.align.Transcripts;
import io.amanuensis.operators.device.Breaker;
import io.amanuensis.operators.device.Cosine;
import io.amanuensis.operators.device.Level;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.engine.SpeechEngine;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encodes on the device as long as it can be relied on: behind its breaker, with its context built anew and one more try after a
 * failure, and with some of what it computes proved on the CPU. For one thread; only {@link #cancel} may come from another.
 */
final class DeviceEncoder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceEncoder.class);

    private final DeviceSettings settings;
    private final Breaker breaker;
    private final SpeechEngine cpu;
    private final DeviceMetrics metrics;
    private volatile SpeechEngine device; // null until it has been opened
    private volatile boolean cancelled;
    private String lastFailure = "";
    private boolean failing; // since it last succeeded at the first try

    /** @param cpu proves the device and judges its errors, and stays the caller's; null for no proof */
    DeviceEncoder(DeviceSettings settings, Breaker breaker, SpeechEngine cpu, DeviceMetrics metrics) {
        this.settings = settings;
        this.breaker = breaker;
        this.cpu = cpu;
        this.metrics = metrics;
    }

    /**
     * Opens the device; {@link #encode} tries again if it could not.
     *
     * @throws EngineException why not
     */
    void open() {
        SpeechEngine opened = settings.device().open();
        device = opened;
        if (cancelled) {
            opened.cancel();
        }
    }

    /** Null until the device has been opened. */
    SpeechEngine engine() {
        return device;
    }

    /** What the device said when it failed last; empty if it has not. */
    String lastFailure() {
        return lastFailure;
    }

    /**
     * The windows' states by the device; none if it is out, busy, or computed what the CPU does not confirm.
     *
     * @throws EngineException for what is wrong with the windows
     */
    Optional<List<EncodedWindow>> encode(List<PcmWindow> batch) {
        Breaker.Permit permit = breaker.tryAcquire().orElse(null);
        if (permit == null) {
            return Optional.empty();
        }
        try {
            List<EncodedWindow> encoded = inTwoTries(batch);
            if (!isProved(batch, encoded)) {
                return Optional.empty();
            }
            permit.succeeded();
            return Optional.of(encoded);
        } catch (EngineException e) {
            if (e.status() == Status.DEVICE_BUSY) {
                return Optional.empty();
            }
            if (!isDevicesFault(e) && !isRefutedByCpu(e, batch)) {
                throw e;
            }
            failed(e);
            permit.failed();
            return Optional.empty();
        } finally {
            permit.abandoned(); // unless it has been used
        }
    }

    private List<EncodedWindow> inTwoTries(List<PcmWindow> batch) {
        try {
            List<EncodedWindow> encoded = once(batch);
            failing = false;
            return encoded;
        } catch (EngineException e) {
            if (!isDevicesFault(e)) {
                throw e;
            }
            failed(e);
            if (device != null) {
                device.resetDevice();
                metrics.deviceReset();
            }
            return once(batch);
        }
    }

    private List<EncodedWindow> once(List<PcmWindow> batch) {
        if (device == null) {
            open();
        }
        return Encoding.encode(device, batch, Level.NPU);
    }

    private void failed(EngineException e) {
        metrics.deviceFailed(e.status());
        lastFailure = e.getMessage();
        if (failing) {
            LOG.debug("Device {} failed again", settings.deviceName(), e);
        } else {
            failing = true;
            LOG.warn(
                    "Device {} failed; what follows is counted, and not logged before it has succeeded at once again: {}",
                    settings.deviceName(),
                    e.getMessage());
        }
    }

    /** A call that ran into its deadline is the device's fault, too, and so is all that opening it can complain about. */
    private static boolean isDevicesFault(EngineException e) {
        return e.isDeviceFailure() || e.status() == Status.DEADLINE || e.fault() == Fault.SETUP;
    }

    /** Whether the device found a window not a number that the CPU has numbers for. */
    private boolean isRefutedByCpu(EngineException e, List<PcmWindow> batch) {
        if (e.status() != Status.NUMERIC || cpu == null || batch.size() > 1) {
            return false;
        }
        try {
            Encoding.encode(cpu, batch, Level.CPU);
            return true;
        } catch (EngineException agreed) {
            LOG.debug("The CPU agrees that the window is at fault", agreed);
            return false;
        }
    }

    private boolean isProved(List<PcmWindow> batch, List<EncodedWindow> encoded) {
        if (cpu == null) {
            return true;
        }
        int[] sample = IntStream.range(0, batch.size())
                .filter(i -> settings.proof().isSampled(id(encoded.get(i))))
                .toArray();
        if (sample.length == 0) {
            return true;
        }
        List<EncodedWindow> truth;
        try {
            truth = Encoding.encode(
                    cpu, IntStream.of(sample).mapToObj(batch::get).toList(), Level.CPU);
        } catch (EngineException e) {
            if (e.status() == Status.CANCELLED) {
                throw e;
            }
            LOG.warn("Device {}: the CPU could not prove {} windows", settings.deviceName(), sample.length, e);
            return true;
        }
        for (int i = 0; i < sample.length; i++) {
            double cosine =
                    Cosine.ofBf16(encoded.get(sample[i]).states(), truth.get(i).states());
            metrics.proved(cosine);
            if (cosine < settings.proof().gate()) {
                LOG.error(
                        "Device {}: cosine {} to the CPU's states, below {}, of {} (transcript {})",
                        settings.deviceName(),
                        cosine,
                        settings.proof().gate(),
                        encoded.get(sample[i]).info(),
                        id(encoded.get(sample[i])));
                lastFailure = "quarantined: a window's cosine to the CPU's states was " + cosine;
                metrics.quarantined();
                breaker.quarantine();
                return false;
            }
        }
        return true;
    }

    private static String id(EncodedWindow window) {
        return Transcripts.id(
                window.info().channel, window.info().startMs(), window.engine().modelHash());
    }

    /** Any thread. */
    void cancel() {
        cancelled = true;
        SpeechEngine open = device;
        if (open != null) {
            open.cancel();
        }
    }

    @Override
    public void close() {
        if (device != null) {
            device.close();
        }
    }
}
