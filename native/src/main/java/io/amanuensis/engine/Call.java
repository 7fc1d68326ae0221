package io.amanuensis.engine;

import io.amanuensis.engine.AmanuensisLibrary.AmCall;
import java.lang.ref.Cleaner;
import java.time.Duration;

/**
 * A deadline and a way to cancel, for one encode, decode or align at a time: start it, pass it, and cancel it from any thread.
 * The library looks at it between layers and at every decoding step.
 */
public final class Call implements AutoCloseable {
    private final NativeHandle<AmCall> handle;
    private final Cleaner.Cleanable net;

    private Call(NativeHandle<AmCall> handle) {
        this.handle = handle;
        this.net = SafetyNet.watch(this, handle);
    }

    /** A call, to be closed by the caller. */
    public static Call open() {
        NativeLoader.load();
        return new Call(NativeHandle.open(
                "call", new AmCall(), AmanuensisLibrary::am_call_open, AmanuensisLibrary::am_call_close));
    }

    /**
     * Clears an earlier cancellation and sets the deadline.
     *
     * @param timeout 1 ms to 24 h from now
     */
    public void start(Duration timeout) {
        AmCall call = handle.hold();
        try {
            EngineException.check(AmanuensisLibrary.am_call_start(call, timeout.toMillis()));
        } finally {
            handle.release();
        }
    }

    /** Any thread: what runs with this call ends soon with {@link Status#CANCELLED}; what is started afterwards does not. */
    public void cancel() {
        AmCall call = handle.hold();
        try {
            EngineException.check(AmanuensisLibrary.am_call_cancel(call));
        } finally {
            handle.release();
        }
    }

    /** Frees it once nothing runs with it. Closing again does nothing. */
    @Override
    public void close() {
        handle.close();
        net.clean();
    }

    NativeHandle<AmCall> handle() {
        return handle;
    }
}
