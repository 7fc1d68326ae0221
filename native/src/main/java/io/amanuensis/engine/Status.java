package io.amanuensis.engine;

import java.util.Arrays;

/** Why a call failed: the errors of {@code am_status} in the C header, and two of the Java side with negative codes. */
public enum Status {
    /** A parameter outside its documented range or a wrong length. */
    ARGUMENT(1, Fault.INPUT),
    /** An unknown option key or an illegal value; the message lists the legal ones. */
    OPTION(2, Fault.SETUP),
    /** A file that is missing or cannot be read. */
    IO(3, Fault.SETUP),
    /** A model folder with a missing, extra or mis-shaped tensor, or inconsistent settings. */
    MODEL(4, Fault.SETUP),
    /** The back end asked for is not in this build. */
    BACK_END(5, Fault.SETUP),
    /** The back end's device is absent or refused the work. */
    DEVICE(6, Fault.DEVICE),
    /** An allocation failed. */
    MEMORY(7, Fault.DEVICE),
    /** {@link Call#cancel()} was called. */
    CANCELLED(8, Fault.STOPPED),
    /** The time given to {@link Call#start} has passed. */
    DEADLINE(9, Fault.STOPPED),
    /** NaN or infinity in an input or a result. */
    NUMERIC(10, Fault.INPUT),
    /** An output buffer was too small: a fault of this package. */
    CAPACITY(11, Fault.LIBRARY),
    /** The object that drives the device, or XRT underneath it, cannot be loaded. */
    DEVICE_NO_BACK_END(20, Fault.SETUP),
    /** There is no such device. */
    DEVICE_NONE(21, Fault.DEVICE),
    /** The device's node may not be opened. */
    DEVICE_PERMISSION(22, Fault.SETUP),
    /** The process may lock less memory than the driver needs. */
    DEVICE_MEMLOCK(23, Fault.SETUP),
    /** No memory for a buffer of the device. */
    DEVICE_MEMORY(24, Fault.DEVICE),
    /** All hardware contexts of the device are taken. */
    DEVICE_CONTEXTS(25, Fault.DEVICE),
    /** The overlay or its manifest is missing, malformed or does not fit. */
    DEVICE_OVERLAY(26, Fault.SETUP),
    /** A command did not end within the run time-out; it is still in flight and the device poisoned. */
    DEVICE_HOST_TIMEOUT(27, Fault.DEVICE),
    /** The device's watchdog ended a command. */
    DEVICE_TIMEOUT(28, Fault.DEVICE),
    /** A command ended in an error. */
    DEVICE_COMMAND(29, Fault.DEVICE),
    /** A command was aborted. */
    DEVICE_ABORT(30, Fault.DEVICE),
    /** The device has gone. */
    DEVICE_LOST(31, Fault.DEVICE),
    /** An earlier failure left the device unusable until {@code Model.resetDevice()}. */
    DEVICE_POISONED(32, Fault.DEVICE),
    /** The device's queue is full: saturation, not a failure. */
    DEVICE_BUSY(33, Fault.DEVICE),
    /** The device is being closed. */
    /** The device's object and the library are of different builds. */
    DEVICE_VERSION(35, Fault.SETUP),
    /** An output was not written, or is that of an earlier run. */
    DEVICE_STALE(36, Fault.DEVICE),
    /** The self-test's results are wrong. */
    DEVICE_WRONG(37, Fault.DEVICE),
    /** A fault of the library; the session should be closed. */
    INTERNAL(99, Fault.LIBRARY),
    /** The native library is missing, of another ABI or lacks functions. */
    NOT_LOADED(-1, Fault.SETUP),
    /** A code that this version does not know; {@link EngineException#statusCode()} keeps it. */
    UNKNOWN(-2, Fault.LIBRARY);

    /** Whose fault a failure is, and so what to do about it. */
    public enum Fault {
        /** The input's: the same input fails again anywhere, other input does not. Never a reason to distrust the device. */
        INPUT,
        /** The installation's: options, model folder, build. Nothing works until somebody mends it. */
        SETUP,
        /** Nobody's: the call was cancelled or its time was up. The input may succeed if tried again. */
        STOPPED,
        /** The device's or the machine's: absent, refusing or out of memory. */
        DEVICE,
        /** The library's: close the session and report. */
        LIBRARY
    }

    private final int code;
    private final Fault fault;

    Status(int code, Fault fault) {
        this.code = code;
        this.fault = fault;
    }

    /** The code in the C header; negative for the statuses of the Java side. */
    public int code() {
        return code;
    }

    public Fault fault() {
        return fault;
    }

    /** The status of a code of the C header, {@link #UNKNOWN} if it has none. */
    static Status of(int code) {
        return Arrays.stream(values())
                .filter(status -> status.code == code && code > 0)
                .findFirst()
                .orElse(UNKNOWN);
    }
}
