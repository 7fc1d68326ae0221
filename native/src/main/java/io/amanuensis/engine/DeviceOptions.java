package io.amanuensis.engine;

import java.io.Serializable;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which device computes, and how it is used. The keys are those of {@code am_model_open} in the C header; the library checks them
 * and their values. Models of equal options share a device.
 */
public final class DeviceOptions implements Serializable {
    private static final long serialVersionUID = 1L;

    /** No device. */
    public static final DeviceOptions NONE = new DeviceOptions(new TreeMap<>());

    private final TreeMap<String, String> values;

    private DeviceOptions(TreeMap<String, String> values) {
        this.values = values;
    }

    /**
     * AMD's NPU, driven by XRT.
     *
     * @param overlayFolder holds {@code overlay.json} and what it names
     */
    public static DeviceOptions xrt(String overlayFolder) {
        return NONE.with("device", "xrt").with("device-overlay", overlayFolder);
    }

    /** The processor computes as XDNA2 would: for tests, and to see what its numbers do. */
    public static DeviceOptions emulated() {
        return NONE.with("device", "emulated");
    }

    /** How long one command may take. */
    public DeviceOptions withRunTimeout(Duration timeout) {
        return with("device-run-timeout-ms", Long.toString(timeout.toMillis()));
    }

    /** Products of all sessions that may wait; beyond it {@link Status#DEVICE_BUSY}. */
    public DeviceOptions withQueue(int products) {
        return with("device-queue", Integer.toString(products));
    }

    /** The device's products that stand for one: 3, or 1 for a third of the work and states off by what 8 bits are. */
    public DeviceOptions withProducts(int products) {
        return with("device-products", Integer.toString(products));
    }

    /** What shall go wrong with an emulated device, such as {@code error@5,lost@40-}. */
    public DeviceOptions withFaults(String script) {
        return with("device-faults", script);
    }

    /** A file whose text is such a script while it exists, looked at before every command. Replace it in one move. */
    public DeviceOptions withFaultFile(String path) {
        return with("device-fault-file", path);
    }

    /** The same with an option more, or another value of it. */
    public DeviceOptions with(String key, String value) {
        TreeMap<String, String> more = new TreeMap<>(values);
        more.put(key, value);
        return new DeviceOptions(more);
    }

    /** The keys and values of am_model_open. */
    public Map<String, String> toNative() {
        return Collections.unmodifiableMap(values);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DeviceOptions options && values.equals(options.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
