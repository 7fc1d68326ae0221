package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A library that does not fit is refused at load, not at the first call. The misfits are compiled by the test. */
class NativeLoaderTest {
    @TempDir
    private Path folder;

    @Test
    void anotherAbiIsRefusedWithBothVersions() throws Exception {
        Path library = compile("int am_abi_version(void) { return 4711; }");

        assertNotLoaded(library, "ABI version 4711", "need " + AmanuensisLibrary.AM_ABI_VERSION);
    }

    @Test
    void missingFunctionsAreNamed() throws Exception {
        Path library = compile("int am_abi_version(void) { return %d; } void am_encode(void) {}"
                .formatted(AmanuensisLibrary.AM_ABI_VERSION));

        assertNotLoaded(library, "am_decode", "am_model_open");
        assertThatThrownBy(() -> NativeLoader.open(library.toFile())).hasMessageNotContaining("am_encode");
    }

    @Test
    void aForeignLibraryIsRefused() throws Exception {
        assertNotLoaded(compile("int other(void) { return 1; }"), "is not the Amanuensis library");
    }

    @Test
    void aMissingFileIsNamed() {
        assertNotLoaded(folder.resolve("absent.so"), "absent.so");
    }

    private static void assertNotLoaded(Path library, String... parts) {
        assertThatThrownBy(() -> NativeLoader.open(library.toFile()))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.status()).isEqualTo(Status.NOT_LOADED))
                .hasMessageContainingAll(parts)
                .hasMessageContaining(library.toString());
    }

    private Path compile(String code) throws IOException, InterruptedException {
        Path source = Files.writeString(folder.resolve("misfit.c"), code);
        Path library = folder.resolve("libmisfit.so");
        Process compiler = new ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString())
                .inheritIO()
                .start();
        assertThat(compiler.waitFor()).as("exit of cc").isZero();
        return library;
    }
}
