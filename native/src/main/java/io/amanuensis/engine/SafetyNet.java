package io.amanuensis.engine;

import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;

/** Frees the native memory of an object that was dropped without {@code close()}, and says so: it is a fault of the caller. */
final class SafetyNet {
    private static final System.Logger LOG = System.getLogger(SafetyNet.class.getName());
    private static final Cleaner CLEANER = Cleaner.create();

    private SafetyNet() {}

    /** Watches an owner; closing the handle is the owner's duty, after which it should call {@code clean()} on the result. */
    static Cleaner.Cleanable watch(Object owner, NativeHandle<?> handle) {
        return CLEANER.register(owner, new CloseForgotten(handle));
    }

    /** Refers to the handle and never to its owner, which could otherwise not become unreachable. */
    private record CloseForgotten(NativeHandle<?> handle) implements Runnable {
        @Override
        public void run() {
            if (!handle.isClosed()) {
                LOG.log(
                        Level.WARNING,
                        "A {0} became garbage without close(); its native memory is freed now",
                        handle.name());
                handle.close();
            }
        }
    }
}
