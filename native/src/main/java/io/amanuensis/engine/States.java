package io.amanuensis.engine;

import java.util.zip.CRC32C;

/**
 * Encoder states as they leave {@link Session#encode}: {@link Model#stateBytes(int)} bytes a window, bfloat16, little endian,
 * row-major [positions][state width].
 */
public final class States {
    private States() {}

    /** CRC-32C of the bytes, 8 lower-case hex digits: what a record names so that its text can be traced to an encoder output. */
    public static String checksum(byte[] states) {
        CRC32C crc = new CRC32C();
        crc.update(states);
        return "%08x".formatted(crc.getValue());
    }
}
