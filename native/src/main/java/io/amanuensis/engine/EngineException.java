package io.amanuensis.engine;

import io.amanuensis.engine.Status.Fault;

/**
 * A call of the engine that failed. The message is the library's own: what, where and what to do. No output was written and,
 * unless the fault is {@link Fault#LIBRARY}, model and session stay usable.
 */
public final class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Status status;
    private final int statusCode;

    EngineException(Status status, String message) {
        this(status, message, null);
    }

    EngineException(Status status, String message, Throwable cause) {
        this(status, status.code(), message, cause);
    }

    private EngineException(Status status, int statusCode, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
        this.statusCode = statusCode;
    }

    public Status status() {
        return status;
    }

    /** The number behind {@link #status()}; what the library returned even where the status is {@link Status#UNKNOWN}. */
    public int statusCode() {
        return statusCode;
    }

    /** Whose fault it is; short for {@code status().fault()}. */
    public Fault fault() {
        return status.fault();
    }

    /** Whether the device of back end npu failed at its work or is gone; a full queue is not a failure of it. */
    public boolean isDeviceFailure() {
        return status.fault() == Fault.DEVICE && status != Status.DEVICE_BUSY && status != Status.MEMORY;
    }

    /** Turns a status other than AM_OK into an exception. Call it before anything else on this thread calls the library. */
    static void check(int statusCode) {
        if (statusCode != AmanuensisLibrary.AM_OK) {
            throw of(statusCode, AmanuensisLibrary.am_last_error());
        }
    }

    static EngineException of(int statusCode, String libraryMessage) {
        Status status = Status.of(statusCode);
        String message = libraryMessage.isEmpty() ? "The library gave no message" : libraryMessage;
        return new EngineException(status, statusCode, "%s (%s, %d)".formatted(message, status, statusCode), null);
    }
}
