package io.amanuensis.operators.encode;

/** Which engine encodes. */
public enum BackEndPolicy {
    /** The device alone: windows wait while it is out, and are parked when they have waited too long. */
    DEVICE,
    /** The device while it can be relied on and keeps up, else the CPU. */
    DEVICE_OR_CPU
}
