package io.amanuensis.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The test JVM has 1 GiB: believing any of these lengths would end it. */
class BoundedDecoderTest {
    @ParameterizedTest
    @ValueSource(longs = {11, 2_147_483_639, Integer.MAX_VALUE, 1L << 40, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void believesNoLengthBeyondTheBytesLeft(long length) throws IOException {
        byte[] bytes = bytes(length, 10);
        assertRefused(decoder(bytes)::readString);
        assertRefused(() -> decoder(bytes).readString(null));
        assertRefused(decoder(bytes)::skipString);
        assertRefused(() -> decoder(bytes).readBytes(null));
        assertRefused(decoder(bytes)::skipBytes);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, Integer.MAX_VALUE, Long.MAX_VALUE, -12, -Integer.MAX_VALUE, Long.MIN_VALUE})
    void believesNoCountBeyondTheBytesLeft(long count) throws IOException {
        byte[] bytes = bytes(count, 10);
        assertRefused(decoder(bytes)::readArrayStart);
        assertRefused(decoder(bytes)::arrayNext);
        assertRefused(decoder(bytes)::skipArray);
        assertRefused(decoder(bytes)::readMapStart);
        assertRefused(decoder(bytes)::mapNext);
        assertRefused(decoder(bytes)::skipMap);
    }

    @Test
    void readsWhatFitsExactly() throws IOException {
        byte[] bytes = bytes(10, 10);
        assertThat(decoder(bytes).readBytes(null)).isEqualTo(ByteBuffer.allocate(10));
        assertThat(decoder(bytes).readString()).isEqualTo("\0".repeat(10));
        assertThat(decoder(bytes).readArrayStart()).isEqualTo(10);
        BoundedDecoder skipping = decoder(bytes);
        skipping.skipBytes();
        assertThat(skipping.remainingBytes()).isZero();
    }

    /** Avro's decoder would skip by the size that the block claims, here a negative one. */
    @Test
    void skipsBlocksItemByItem() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        encoder.writeLong(-2);
        encoder.writeLong(-2);
        encoder.writeInt(7);
        encoder.writeInt(8);
        encoder.writeLong(0);
        BoundedDecoder decoder = decoder(bytes.toByteArray());
        assertThat(decoder.skipArray()).isEqualTo(2);
        assertThat(decoder.readInt()).isEqualTo(7);
        assertThat(decoder.readInt()).isEqualTo(8);
        assertThat(decoder.skipArray()).isZero();
    }

    private static byte[] bytes(long length, int following) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        EncoderFactory.get().directBinaryEncoder(bytes, null).writeLong(length);
        bytes.write(new byte[following]);
        return bytes.toByteArray();
    }

    private static BoundedDecoder decoder(byte[] bytes) {
        return new BoundedDecoder(bytes, 0, bytes.length);
    }

    private interface Read {
        void run() throws IOException;
    }

    private static void assertRefused(Read read) {
        assertThatThrownBy(read::run).isInstanceOf(EOFException.class);
    }
}
