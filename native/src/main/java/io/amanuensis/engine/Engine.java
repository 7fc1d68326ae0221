package io.amanuensis.engine;

import java.time.Duration;

/** The native library itself, loaded at the first use of anything in this package. */
public final class Engine {
    /** A system property that names a library file to load instead of the one in the jar, such as a sanitizer build. */
    public static final String LIBRARY_PROPERTY = "amanuensis.library";

    private Engine() {}

    /**
     * How many threads compute at once in this process, whatever the number of sessions and decoders: native work waits for its
     * turn, first come first served, and work that is alone uses the idle threads too. At first: the processors that the
     * process may run on.
     *
     * @param count 1 to 256
     */
    public static void setThreads(int count) {
        NativeLoader.load();
        EngineException.check(AmanuensisLibrary.am_set_threads(count));
    }

    /** How many threads compute at once. */
    public static int threads() {
        NativeLoader.load();
        return AmanuensisLibrary.am_threads();
    }

    /** Processor time that native computation has taken since the process began. Never decreases. */
    public static Duration busyTime() {
        NativeLoader.load();
        return Duration.ofNanos(AmanuensisLibrary.am_busy_ns());
    }

    /**
     * The ABI version of the library, equal to the one these classes were written for.
     *
     * @throws EngineException {@link Status#NOT_LOADED} if the library cannot be loaded
     */
    public static int abiVersion() {
        NativeLoader.load();
        return AmanuensisLibrary.am_abi_version();
    }

    /**
     * Version, compiler and the instruction set chosen on this processor, such as {@code 0.1.0 gcc-12.2.0 avx512}.
     *
     * @throws EngineException {@link Status#NOT_LOADED} if the library cannot be loaded
     */
    public static String libraryBuild() {
        NativeLoader.load();
        return AmanuensisLibrary.am_library_build();
    }
}
