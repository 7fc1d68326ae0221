package io.amanuensis.operators.encode;

import io.amanuensis.engine.EngineException;
import io.amanuensis.engine.Status;
import io.amanuensis.operators.Uids;
import io.amanuensis.operators.device.Breaker;
import io.amanuensis.operators.device.Breakers;
import io.amanuensis.operators.device.Degradation;
import io.amanuensis.operators.device.Level;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.operators.engine.EngineCounters;
import io.amanuensis.operators.engine.EngineFailures;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.operators.microbatch.BatchFunction;
import io.amanuensis.operators.microbatch.SpillingFunction;
import io.amanuensis.schemas.ParkedWindow;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pass of the encoder over a batch of windows where there is a device, and what happens when there is none any more:
 *
 * <ul>
 *   <li>Policy DEVICE: the batch waits, while checkpoints go on, and is parked when it has waited too long.
 *   <li>Policy DEVICE_OR_CPU: the batch is encoded on the CPU. Under lasting strain windows are marked for cheaper decoding, or parked,
 *       as far down as the settings allow.
 * </ul>
 *
 * <p>A window that is at fault itself fails alone, and counts against nobody.
 */
public final class DeviceEncodeFunction implements SpillingFunction<PcmWindow, EncodedWindow> {
    private static final long serialVersionUID = 1;
    /** Windows that were parked. */
    public static final OutputTag<ParkedWindow> PARKED =
            new OutputTag<>("parked", new AvroTypeInfo<>(ParkedWindow.class));

    private static final Logger LOG = LoggerFactory.getLogger(DeviceEncodeFunction.class);

    /** How soon a device that was out is asked for again. */
    private static final long LOOK_AGAIN_MS = 100;

    private final DeviceSettings settings;
    private final BreakerSource breakers;
    private final Patience patience;
    private final Parking parking;
    private transient volatile DeviceEncoder device;
    private transient volatile SpeechEngine cpu; // null if nothing falls back and nothing is proved
    private transient SpillFunction spill;
    private transient Degradation degradation;
    private transient Saturation saturation;
    private transient DeviceLog log;
    private transient DeviceMetrics metrics;
    private transient EngineCounters counters;

    /** Where the breaker comes from. */
    interface BreakerSource extends Serializable {
        Breaker of(DeviceSettings settings);
    }

    public DeviceEncodeFunction(DeviceSettings settings) {
        this(settings, device -> Breakers.of(device.deviceName(), device.breaker()), new Patience.OfSystem());
    }

    DeviceEncodeFunction(DeviceSettings settings, BreakerSource breakers, Patience patience) {
        this.settings = settings;
        this.breakers = breakers;
        this.patience = patience;
        this.parking = new Parking(settings.policy(), settings.mostParkings());
    }

    /** What becomes of windows that are parked. */
    public Parking parking() {
        return parking;
    }

    /** @throws EngineException if there is no device, and nothing to fall back to */
    @Override
    public void open(MetricGroup group) {
        Breaker breaker = breakers.of(settings);
        log = new DeviceLog(LOG, settings);
        saturation = new Saturation(settings.spillAfter().toMillis(), log);
        metrics = new DeviceMetrics(group, breaker, saturation);
        counters = EngineCounters.of(group);
        degradation = new Degradation(settings.degradation(), patience::nowMs);
        if (settings.needsCpu()) {
            cpu = settings.cpu().open();
        }
        device = new DeviceEncoder(settings, breaker, cpu, metrics);
        group.gauge("nativeMemoryBytes", this::memoryBytes);
        try {
            device.open();
        } catch (EngineException e) {
            if (!settings.fallsBack()) {
                throw e;
            }
            metrics.deviceFailed(e.status());
            LOG.warn(
                    "Device {} cannot be opened; windows are encoded on the CPU, and it is tried again: {}",
                    settings.deviceName(),
                    e.getMessage());
        }
    }

    private long memoryBytes() {
        SpeechEngine onDevice = device.engine();
        return (cpu == null ? 0 : cpu.memoryBytes()) + (onDevice == null ? 0 : onDevice.memoryBytes());
    }

    @Override
    public BatchFunction<PcmWindow, EncodedWindow> spill() {
        if (spill == null && settings.fallsBack()) {
            spill = new SpillFunction(settings.cpu(), () -> metrics, () -> degradation, () -> saturation);
        }
        return spill;
    }

    @Override
    public Duration spillAfter() {
        return settings.spillAfter();
    }

    @Override
    public List<EncodedWindow> apply(List<PcmWindow> batch) throws InterruptedException {
        return apply(batch, 0);
    }

    @Override
    public List<EncodedWindow> apply(List<PcmWindow> batch, long waitedNanos) throws InterruptedException {
        long waitedMs = waitedNanos / 1_000_000;
        saturation.reached(waitedMs);
        int floor = settings.fallsBack() ? floor(waitedMs) : Level.NPU;
        List<EncodedWindow> encoded = floor == Level.PARKED
                ? parked(
                        batch,
                        "windows wait for longer than " + settings.degradation().waitMost())
                : encode(
                        batch,
                        patience.nowMs() - waitedMs + settings.parkAfter().toMillis());
        if (floor == Level.CHEAPER_DECODING) {
            encoded = encoded.stream()
                    .map(window -> window.failure() == null ? window.atLevel(floor) : window)
                    .toList();
        }
        metrics.left(encoded);
        log.left(encoded);
        return encoded;
    }

    private int floor(long waitedMs) {
        int before = degradation.level();
        int now =
                waitedMs > settings.degradation().waitMost().toMillis() ? degradation.strained() : degradation.eased();
        if (now != before) {
            LOG.warn("Windows have waited {} ms: degradation goes from level {} to {}", waitedMs, before, now);
        }
        return now;
    }

    private List<EncodedWindow> encode(List<PcmWindow> batch, long parkAtMs) throws InterruptedException {
        try {
            Optional<List<EncodedWindow>> encoded = device.encode(batch);
            while (encoded.isEmpty() && !settings.fallsBack()) {
                long leftMs = parkAtMs - patience.nowMs();
                if (leftMs <= 0) {
                    return parked(
                            batch,
                            "the device was out for %s. %s".formatted(settings.parkAfter(), device.lastFailure()));
                }
                log.waits(device.lastFailure());
                patience.await(Math.min(LOOK_AGAIN_MS, leftMs));
                encoded = device.encode(batch);
            }
            return encoded.isPresent() ? encoded.get() : Encoding.encode(cpu, batch, Level.CPU);
        } catch (EngineException e) {
            return apart(batch, e, parkAtMs);
        }
    }

    /** A batch that failed for what is in it is tried again window by window. */
    private List<EncodedWindow> apart(List<PcmWindow> batch, EngineException e, long parkAtMs)
            throws InterruptedException {
        if (e.status() == Status.DEADLINE) {
            counters.timeouts().inc();
        }
        WindowFailure failure = EngineFailures.failureOf(Uids.ENCODE, e);
        if (batch.size() == 1) {
            return List.of(EncodedWindow.failed(batch.get(0).info(), facts(), failure));
        }
        counters.retries().inc();
        List<EncodedWindow> results = new ArrayList<>(batch.size());
        for (PcmWindow window : batch) {
            results.addAll(encode(List.of(window), parkAtMs));
        }
        return results;
    }

    private List<EncodedWindow> parked(List<PcmWindow> batch, String why) {
        return batch.stream().map(window -> parking.park(window, facts(), why)).toList();
    }

    private EngineFacts facts() {
        return (cpu == null ? device.engine() : cpu).facts();
    }

    @Override
    public void cancel() {
        patience.end();
        DeviceEncoder onDevice = device;
        if (onDevice != null) {
            onDevice.cancel();
        }
        SpeechEngine onCpu = cpu;
        if (onCpu != null) {
            onCpu.cancel();
        }
    }

    @Override
    public void close() {
        try {
            if (device != null) {
                device.close();
            }
        } finally {
            if (cpu != null) {
                cpu.close();
            }
        }
    }
}
