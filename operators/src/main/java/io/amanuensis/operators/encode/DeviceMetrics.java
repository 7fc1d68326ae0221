package io.amanuensis.operators.encode;

import io.amanuensis.engine.Status;
import io.amanuensis.operators.device.Breaker;
import io.amanuensis.operators.device.Level;
import io.amanuensis.operators.element.EncodedWindow;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** What operators of the job see of the device and of what stands in for it. */
final class DeviceMetrics {
    private final MetricGroup group;
    private final Map<Status, Counter> failures = new EnumMap<>(Status.class);
    private final Counter resets;
    private final Counter windowsOnCpu;
    private final Counter windowsSpilled;
    private final Counter windowsParked;
    private final Counter windowsProved;
    private final Counter quarantines;
    private volatile int level = Level.NPU;
    private volatile double leastCosine = 1;

    DeviceMetrics(MetricGroup group, Breaker breaker, Saturation saturation) {
        this.group = group;
        this.resets = group.counter("deviceResets");
        this.windowsOnCpu = group.counter("windowsOnCpu");
        this.windowsSpilled = group.counter("windowsSpilled");
        this.windowsParked = group.counter("windowsParked");
        this.windowsProved = group.counter("windowsProved");
        this.quarantines = group.counter("deviceQuarantines");
        group.gauge("breakerState", () -> breaker.state().ordinal());
        group.gauge("spilling", () -> saturation.isSpilling() ? 1 : 0);
        group.gauge("degradationLevel", () -> level);
        group.gauge("proofCosineMin", () -> leastCosine);
    }

    /** Counted by status: {@code status.device_lost.deviceFailures}. */
    void deviceFailed(Status status) {
        failures.computeIfAbsent(status, this::counter).inc();
    }

    private Counter counter(Status status) {
        return group.addGroup("status", status.name().toLowerCase(Locale.ROOT)).counter("deviceFailures");
    }

    void deviceReset() {
        resets.inc();
    }

    void proved(double cosine) {
        windowsProved.inc();
        leastCosine = Math.min(leastCosine, cosine);
    }

    void quarantined() {
        quarantines.inc();
    }

    /** By the spill thread alone. */
    void spilled(List<EncodedWindow> windows) {
        windowsSpilled.inc(windows.size());
        setLevel(windows);
    }

    /** By the batch thread alone. */
    void left(List<EncodedWindow> windows) {
        for (EncodedWindow window : windows) {
            if (window.level() == Level.PARKED) {
                windowsParked.inc();
            } else if (window.level() != Level.NPU) {
                windowsOnCpu.inc();
            }
        }
        setLevel(windows);
    }

    private void setLevel(List<EncodedWindow> windows) {
        level = windows.get(windows.size() - 1).level();
    }
}
