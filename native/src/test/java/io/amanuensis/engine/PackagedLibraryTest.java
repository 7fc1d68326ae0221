package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Platform;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library out of a jar, as a deployment loads it: packed here from the classes, in class loaders that see it afresh. */
class PackagedLibraryTest {
    private static final Path CLASSES = Path.of("target", "classes");
    private static final String UNPACK_PROPERTY = "jna.tmpdir";

    @TempDir
    private Path folder;

    private Path unpackFolder;
    private String unpackFolderBefore;

    @BeforeEach
    void unpackHere() throws IOException {
        unpackFolder = Files.createDirectory(folder.resolve("unpack"));
        unpackFolderBefore = System.getProperty(UNPACK_PROPERTY);
        System.setProperty(UNPACK_PROPERTY, unpackFolder.toString());
    }

    @AfterEach
    void restoreProperties() {
        System.clearProperty(Engine.LIBRARY_PROPERTY);
        if (unpackFolderBefore == null) {
            System.clearProperty(UNPACK_PROPERTY);
        } else {
            System.setProperty(UNPACK_PROPERTY, unpackFolderBefore);
        }
    }

    @Test
    void everyClassLoaderGetsTheLibraryOfTheJarAndNoFileStaysBehind() throws Exception {
        Path jar = pack();
        for (int loader = 0; loader < 2; loader++) {
            assertThat(libraryBuildIn(jar)).isEqualTo(Engine.libraryBuild());
        }
        try (Stream<Path> left = Files.list(unpackFolder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aPropertyNamesAnotherLibrary() throws Exception {
        Path jar = pack();
        Path copy = Files.copy(CLASSES.resolve(libraryInClasses()), folder.resolve("libother.so"));
        System.setProperty(Engine.LIBRARY_PROPERTY, copy.toString());
        assertThat(libraryBuildIn(jar)).isEqualTo(Engine.libraryBuild());

        System.setProperty(
                Engine.LIBRARY_PROPERTY, folder.resolve("libabsent.so").toString());
        assertThatThrownBy(() -> libraryBuildIn(jar))
                .isInstanceOf(InvocationTargetException.class)
                .cause()
                .hasMessageContaining("libabsent.so");
    }

    @Test
    void aJarWithoutTheLibrarySaysWhatIsMissing() throws Exception {
        Path jar = pack(libraryInClasses());
        assertThatThrownBy(() -> libraryBuildIn(jar))
                .isInstanceOf(InvocationTargetException.class)
                .cause()
                .hasMessageContainingAll(libraryInClasses().toString(), Engine.LIBRARY_PROPERTY);
    }

    private static String libraryBuildIn(Path jar) throws Exception {
        URL[] urls = {jar.toUri().toURL()};
        try (URLClassLoader loader =
                new URLClassLoader(urls, new OnlyJna(PackagedLibraryTest.class.getClassLoader()))) {
            Class<?> engine = loader.loadClass(Engine.class.getName());
            assertThat(engine).isNotSameAs(Engine.class);
            return (String) engine.getMethod("libraryBuild").invoke(null);
        }
    }

    private Path pack(Path... leftOut) throws IOException {
        Path jar = folder.resolve("engine.jar");
        List<Path> files;
        try (Stream<Path> walk = Files.walk(CLASSES)) {
            files = walk.filter(Files::isRegularFile).map(CLASSES::relativize).toList();
        }
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Path file : files) {
                if (!List.of(leftOut).contains(file)) {
                    zip.putNextEntry(new ZipEntry(file.toString()));
                    Files.copy(CLASSES.resolve(file), zip);
                }
            }
        }
        return jar;
    }

    private static Path libraryInClasses() {
        return Path.of(Platform.RESOURCE_PREFIX, "libamanuensis.so");
    }

    /** Sees the JDK and JNA, which has native code of its own to keep, and nothing of this module. */
    private static final class OnlyJna extends ClassLoader {
        private final ClassLoader jna;

        OnlyJna(ClassLoader jna) {
            super(ClassLoader.getPlatformClassLoader());
            this.jna = jna;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith("com.sun.jna.")) {
                return jna.loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}
