package io.amanuensis.engine;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Finds, checks and binds the native library, once per class loader: the one in the jar and no other, so that a library that
 * happens to be installed on the machine cannot slip in, unless {@link Engine#LIBRARY_PROPERTY} names a file.
 */
final class NativeLoader {
    private static final String FILE_NAME = "libamanuensis.so";
    private static final String RESOURCE = Platform.RESOURCE_PREFIX + "/" + FILE_NAME;
    /** dlopen's RTLD_NOW without RTLD_GLOBAL: a symbol missing inside the library fails here, and its symbols stay its own. */
    private static final int RTLD_NOW = 2;

    private static volatile boolean loaded;

    private NativeLoader() {}

    /** Loads the library if that has not happened; a failure is not remembered. */
    static void load() {
        if (!loaded) {
            loadOnce();
        }
    }

    private static synchronized void loadOnce() {
        if (loaded) {
            return;
        }
        String override = System.getProperty(Engine.LIBRARY_PROPERTY);
        if (override != null) {
            bind(open(new File(override)));
        } else {
            bindFromJar();
        }
        loaded = true;
    }

    private static void bindFromJar() {
        ClassLoader loader = NativeLoader.class.getClassLoader();
        URL resource = loader.getResource(RESOURCE);
        if (resource == null) {
            throw notLoaded(
                    "This jar carries no native library for %s: %s is missing. Build the module on that platform, or name a"
                                    .formatted(Platform.RESOURCE_PREFIX, RESOURCE)
                            + " library with -D%s=/path/to/%s".formatted(Engine.LIBRARY_PROPERTY, FILE_NAME),
                    null);
        }
        try {
            File file = Native.extractFromResourcePath("/" + RESOURCE, loader);
            try {
                bind(open(file));
            } finally {
                // A mapped library needs its name no more; a JVM that is killed would leave the copy behind.
                if (!"file".equals(resource.getProtocol())) {
                    Files.deleteIfExists(file.toPath());
                }
            }
        } catch (IOException e) {
            throw notLoaded(
                    "Cannot unpack %s from its jar: %s. Set -Djna.tmpdir to a writable folder that allows execution"
                            .formatted(RESOURCE, e.getMessage()),
                    e);
        }
    }

    /** Opens a library file and checks its ABI version and that it has every function, before anything is bound to it. */
    static NativeLibrary open(File file) {
        Map<String, Object> options = Map.of(
                Library.OPTION_STRING_ENCODING, StandardCharsets.UTF_8.name(), Library.OPTION_OPEN_FLAGS, RTLD_NOW);
        NativeLibrary library;
        try {
            library = NativeLibrary.getInstance(file.getAbsolutePath(), options);
        } catch (LinkageError e) {
            throw notLoaded("Cannot load %s: %s".formatted(file, e.getMessage()), e);
        }
        requireAbi(library, file);
        requireFunctions(library, file);
        return library;
    }

    private static void requireAbi(NativeLibrary library, File file) {
        int version;
        try {
            version = library.getFunction("am_abi_version").invokeInt(new Object[0]);
        } catch (UnsatisfiedLinkError e) {
            throw notLoaded("%s is not the Amanuensis library: it has no am_abi_version".formatted(file), e);
        }
        if (version != AmanuensisLibrary.AM_ABI_VERSION) {
            throw notLoaded(
                    "%s has ABI version %d, these classes need %d: use the library and the jar of one build"
                            .formatted(file, version, AmanuensisLibrary.AM_ABI_VERSION),
                    null);
        }
    }

    private static void requireFunctions(NativeLibrary library, File file) {
        List<String> missing = new ArrayList<>();
        for (Method method : functions()) {
            try {
                library.getFunction(method.getName());
            } catch (UnsatisfiedLinkError e) {
                missing.add(method.getName());
            }
        }
        if (!missing.isEmpty()) {
            throw notLoaded("%s lacks %s".formatted(file, String.join(", ", missing)), null);
        }
    }

    private static void bind(NativeLibrary library) {
        Native.register(AmanuensisLibrary.class, library);
    }

    /** The methods of the library's face, one a function of the header. */
    static List<Method> functions() {
        return Arrays.stream(AmanuensisLibrary.class.getDeclaredMethods())
                .filter(method -> Modifier.isNative(method.getModifiers()))
                .toList();
    }

    private static EngineException notLoaded(String message, Throwable cause) {
        return new EngineException(Status.NOT_LOADED, message, cause);
    }
}
