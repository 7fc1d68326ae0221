package io.amanuensis.operators.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.operators.element.Reference;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.Digests;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceReaderTest {
    private static final int MAX_BYTES = 100_000;

    @TempDir
    Path folder;

    private final byte[] sound = new byte[70_001];
    private Path file;
    private ReferenceReader reader;

    @BeforeEach
    void write() throws Exception {
        new Random(1).nextBytes(sound);
        Path calls = Files.createDirectory(folder.resolve("calls"));
        file = Files.write(calls.resolve("call 1.wav"), sound);
        reader = new ReferenceReader(
                AllowedPrefixes.of(List.of(calls.toUri().toString(), "nowhere://bucket/")), MAX_BYTES);
    }

    private Reference reference(Path path, long bytes) {
        return new Reference(path.toUri().toString(), bytes, Digests.sha256(sound));
    }

    private void assertFails(Reference reference, DeadLetterCause cause, String message) {
        assertThatThrownBy(() -> reader.read(reference))
                .isInstanceOfSatisfying(ReferenceException.class, failure -> assertThat(failure.deadLetterCause())
                        .isEqualTo(cause))
                .hasMessageContaining(message)
                .hasMessageContaining(reference.uri);
    }

    @Test
    void readsWhatIsStated() throws Exception {
        assertThat(reader.read(reference(file, sound.length))).isEqualTo(sound);
        Reference upperCase = new Reference(
                file.toUri().toString(), sound.length, Digests.sha256(sound).toUpperCase());
        assertThat(reader.read(upperCase)).isEqualTo(sound);
    }

    @Test
    void aFileThatIsNotThere() {
        assertFails(reference(file.resolveSibling("2.wav"), 1), DeadLetterCause.REFERENCE_MISSING, "is not there");
    }

    @Test
    void anotherLength() {
        assertFails(
                reference(file, sound.length - 1),
                DeadLetterCause.REFERENCE_MISMATCH,
                "has more bytes, payloadReference.bytes is 70000");
        assertFails(
                reference(file, sound.length + 1),
                DeadLetterCause.REFERENCE_MISMATCH,
                "has 70001 bytes, payloadReference.bytes is 70002");
    }

    @Test
    void otherContents() throws Exception {
        Reference before = reference(file, sound.length);
        sound[70_000] ^= 1;
        Files.write(file, sound);
        assertFails(before, DeadLetterCause.REFERENCE_MISMATCH, "has the SHA-256 " + Digests.sha256(sound));
    }

    @Test
    void aFileTooLargeIsNotOpened() {
        assertFails(
                reference(file.resolveSibling("none.wav"), MAX_BYTES + 1),
                DeadLetterCause.OVERSIZE_SEGMENT,
                "has 100001 bytes, reference.max-size is 100000");
    }

    @Test
    void aPlaceThatIsNotAllowed() throws Exception {
        Path elsewhere = Files.write(folder.resolve("secret"), sound);
        assertFails(
                reference(elsewhere, sound.length),
                DeadLetterCause.REFERENCE_NOT_ALLOWED,
                "does not lie below reference.allowed-prefixes");
    }

    @Test
    void aLinkThatLeadsOut() throws Exception {
        Path elsewhere = Files.write(folder.resolve("secret"), sound);
        Path link = Files.createSymbolicLink(file.resolveSibling("link.wav"), elsewhere);
        assertFails(reference(link, sound.length), DeadLetterCause.REFERENCE_NOT_ALLOWED, "by a link");
        Path inside = Files.createSymbolicLink(file.resolveSibling("inside.wav"), file);
        assertThat(reader.read(reference(inside, sound.length))).isEqualTo(sound);
    }

    @Test
    void aFolder() throws Exception {
        Path folder = Files.createDirectory(file.resolveSibling("folder"));
        // A folder's URI ends in '/'.
        Reference reference =
                new Reference(folder.toUri().toString().replaceAll("/$", ""), sound.length, Digests.sha256(sound));
        assertFails(reference, DeadLetterCause.REFERENCE_UNREADABLE, "is not a file");
    }

    @Test
    void aFileSystemThatThisFlinkDoesNotHave() {
        assertFails(
                new Reference("nowhere://bucket/1.wav", 1, Digests.sha256(sound)),
                DeadLetterCause.REFERENCE_UNREADABLE,
                "cannot be read");
    }
}
