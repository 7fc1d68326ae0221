package io.amanuensis.engine;

import com.sun.jna.Memory;
import com.sun.jna.PointerType;
import io.amanuensis.engine.AmanuensisLibrary.HandleReference;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * Owns one native handle. The owner closes it once; others hold it while they use it or depend on it, and the handle is freed
 * when the last has let go, so that no order of closing and no thread can free what another still uses.
 */
final class NativeHandle<H extends PointerType> implements AutoCloseable {
    private final String name;
    private final H handle;
    private final HandleReference<H> reference;
    private final Consumer<HandleReference<H>> free;
    /** The owner counts as one. Zero is final. */
    private final AtomicInteger holders = new AtomicInteger(1);

    private final AtomicBoolean closed = new AtomicBoolean();

    private NativeHandle(String name, H handle, HandleReference<H> reference, Consumer<HandleReference<H>> free) {
        this.name = name;
        this.handle = handle;
        this.reference = reference;
        this.free = free;
    }

    /**
     * Opens a handle.
     *
     * @param name what it is, for messages: "model"
     * @param handle a new typed handle, to be pointed at what {@code open} returns
     * @param open the library's opener
     * @param free the library's closer, and what else must be freed with the handle
     * @throws EngineException what the opener reports
     */
    static <H extends PointerType> NativeHandle<H> open(
            String name, H handle, ToIntFunction<HandleReference<H>> open, Consumer<HandleReference<H>> free) {
        HandleReference<H> reference = new HandleReference<>();
        try {
            EngineException.check(open.applyAsInt(reference));
        } catch (RuntimeException | Error e) {
            freeMemory(reference);
            throw e;
        }
        handle.setPointer(reference.getPointer().getPointer(0));
        return new NativeHandle<>(name, handle, reference, free);
    }

    /** The handle, for its owner and before {@link #close()}. */
    H get() {
        return handle;
    }

    /** The handle, kept open until {@link #release()}. */
    H hold() {
        if (closed.get() || holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0) {
            throw new IllegalStateException("This " + name + " is closed");
        }
        return handle;
    }

    /** Lets go of what {@link #hold()} gave. */
    void release() {
        if (holders.decrementAndGet() == 0) {
            free.accept(reference);
            freeMemory(reference);
        }
    }

    /** Refuses further use; frees the handle when nobody holds it. Closing again does nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release();
        }
    }

    boolean isClosed() {
        return closed.get();
    }

    /** Whether the native object is gone, not only closed to further use. */
    boolean isFreed() {
        return holders.get() == 0;
    }

    String name() {
        return name;
    }

    private static void freeMemory(HandleReference<?> reference) {
        ((Memory) reference.getPointer()).close();
    }
}
