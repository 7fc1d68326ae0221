package io.amanuensis.engine;

/** The native library itself, loaded at the first use of anything in this package. */
public final class Engine {
    /** A system property that names a library file to load instead of the one in the jar, such as a sanitizer build. */
    public static final String LIBRARY_PROPERTY = "amanuensis.library";

    private Engine() {}

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
