package io.amanuensis.operators.fetch;

import io.amanuensis.operators.element.Reference;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.Digests;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.apache.flink.core.fs.FileSystem;

/** Reads what a reference points to through Flink's file systems, those of its plugins among them. Thread-safe. */
final class ReferenceReader {
    private final AllowedPrefixes allowed;
    private final int maxBytes;

    ReferenceReader(AllowedPrefixes allowed, int maxBytes) {
        this.allowed = allowed;
        this.maxBytes = maxBytes;
    }

    /** The bytes that the reference states, and no others. */
    byte[] read(Reference reference) throws ReferenceException {
        requireAllowed(reference);
        byte[] bytes = contents(reference, URI.create(reference.uri));
        if (bytes.length != reference.bytes) {
            throw new ReferenceException(
                    DeadLetterCause.REFERENCE_MISMATCH,
                    "%s has %s bytes, payloadReference.bytes is %d"
                            .formatted(
                                    reference.uri,
                                    bytes.length > reference.bytes ? "more" : bytes.length,
                                    reference.bytes));
        }
        String sha256 = Digests.sha256(bytes);
        if (!sha256.equalsIgnoreCase(reference.sha256)) {
            throw new ReferenceException(
                    DeadLetterCause.REFERENCE_MISMATCH,
                    "%s has the SHA-256 %s, payloadReference.sha256 is %s"
                            .formatted(reference.uri, sha256, reference.sha256));
        }
        return bytes;
    }

    private void requireAllowed(Reference reference) throws ReferenceException {
        if (!allowed.allow(reference.uri)) {
            throw notAllowed(reference, "does not lie below reference.allowed-prefixes, or is not plainly written");
        }
        if (reference.bytes > maxBytes) {
            throw new ReferenceException(
                    DeadLetterCause.OVERSIZE_SEGMENT,
                    "%s has %d bytes, reference.max-size is %d".formatted(reference.uri, reference.bytes, maxBytes));
        }
    }

    private byte[] contents(Reference reference, URI uri) throws ReferenceException {
        try {
            if (AllowedPrefixes.isLocal(uri)) {
                requireAllowedFile(reference, Path.of(uri.getPath()).toRealPath());
            }
            try (InputStream file = FileSystem.get(uri).open(new org.apache.flink.core.fs.Path(uri))) {
                return file.readNBytes((int) reference.bytes + 1);
            }
        } catch (FileNotFoundException | NoSuchFileException e) {
            throw new ReferenceException(DeadLetterCause.REFERENCE_MISSING, "%s is not there".formatted(reference.uri));
        } catch (IOException e) {
            throw new ReferenceException(
                    DeadLetterCause.REFERENCE_UNREADABLE, "%s cannot be read: %s".formatted(reference.uri, e));
        }
    }

    /** A link may lead anywhere, and what is not a file may never end. */
    private void requireAllowedFile(Reference reference, Path real) throws IOException, ReferenceException {
        boolean below = false;
        for (URI folder : allowed.local()) {
            below |= real.startsWith(Path.of(folder.getPath()).toRealPath());
        }
        if (!below) {
            throw notAllowed(reference, "leads out of reference.allowed-prefixes by a link");
        }
        if (!Files.isRegularFile(real)) {
            throw new ReferenceException(
                    DeadLetterCause.REFERENCE_UNREADABLE, "%s is not a file".formatted(reference.uri));
        }
    }

    private static ReferenceException notAllowed(Reference reference, String why) {
        return new ReferenceException(DeadLetterCause.REFERENCE_NOT_ALLOWED, "%s %s".formatted(reference.uri, why));
    }
}
