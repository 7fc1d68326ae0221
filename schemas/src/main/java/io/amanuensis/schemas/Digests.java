package io.amanuensis.schemas;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Derived ids: the same facts give the same id, so that a consumer that upserts by id sees a replay overwrite, never double. */
public final class Digests {
    private static final int ID_HEX_DIGITS = 32;

    private Digests() {}

    /** The first 128 bits of the SHA-256 of the parts, each preceded by its length; null is a part of its own kind. */
    public static String id(Object... parts) {
        MessageDigest digest = sha256();
        for (Object part : parts) {
            byte[] bytes = part == null ? new byte[0] : utf8(part.toString());
            digest.update(utf8((part == null ? "-" : bytes.length) + ":"));
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, ID_HEX_DIGITS);
    }

    /** SHA-256, hex. */
    public static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
