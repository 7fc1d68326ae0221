package io.amanuensis.engine;

import com.sun.jna.PointerType;
import io.amanuensis.engine.AmanuensisLibrary.AmCall;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** Work on a native handle by one thread at a time; a second one is refused. The handle outlives the work. */
final class ExclusiveUse<H extends PointerType> {
    private final NativeHandle<H> handle;
    private final Consumer<H> afterwards;
    private final AtomicReference<Thread> user = new AtomicReference<>();

    /** @param afterwards runs at the end of every work, whether or not it failed */
    ExclusiveUse(NativeHandle<H> handle, Consumer<H> afterwards) {
        this.handle = handle;
        this.afterwards = afterwards;
    }

    /** Runs work as the only user of the handle. */
    <R> R run(Function<H, R> work) {
        H held = handle.hold();
        try {
            Thread other = user.compareAndExchange(null, Thread.currentThread());
            if (other != null) {
                throw new IllegalStateException(
                        "A %s serves one thread at a time: %s found %s at work. Open one for each thread"
                                .formatted(handle.name(), Thread.currentThread().getName(), other.getName()));
            }
            try {
                return work.apply(held);
            } finally {
                afterwards.accept(held);
                user.set(null);
            }
        } finally {
            handle.release();
        }
    }

    /** The same, accompanied by a call, or by none where it is null. */
    <R> R run(Call call, BiFunction<H, AmCall, R> work) {
        if (call == null) {
            return run(held -> work.apply(held, null));
        }
        AmCall nativeCall = call.handle().hold();
        try {
            return run(held -> work.apply(held, nativeCall));
        } finally {
            call.handle().release();
        }
    }

    /** Whether a thread is at work. */
    boolean isBusy() {
        return user.get() != null;
    }
}
