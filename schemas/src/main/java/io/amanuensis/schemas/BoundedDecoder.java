package io.amanuensis.schemas;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.util.Utf8;

/**
 * Binary Avro over a byte array, for bytes that nobody vouches for. Avro's own decoder allocates whatever length it finds,
 * up to 2 GiB; this one compares each length with the bytes that are left, so that memory is bounded by the size of the
 * message. Text must be valid UTF-8: replacement characters would change keys unnoticed.
 *
 * <p>Arrays and maps must have items of at least one byte each, as all of {@code src/main/avro} have. Not thread-safe.
 */
final class BoundedDecoder extends Decoder {
    private final BinaryDecoder in;
    private final InputStream unread;

    BoundedDecoder(byte[] bytes, int offset, int length) {
        in = DecoderFactory.get().binaryDecoder(bytes, offset, length, null);
        unread = in.inputStream();
    }

    int remainingBytes() throws IOException {
        return unread.available();
    }

    private int checkLength(long length, String what) throws IOException {
        if (length < 0 || length > remainingBytes()) {
            throw new EOFException("%s of length %d with %d bytes left".formatted(what, length, remainingBytes()));
        }
        return (int) length;
    }

    private byte[] readSized(String what) throws IOException {
        byte[] bytes = new byte[checkLength(in.readLong(), what)];
        in.readFixed(bytes, 0, bytes.length);
        return bytes;
    }

    private void skipSized(String what) throws IOException {
        in.skipFixed(checkLength(in.readLong(), what));
    }

    @Override
    public String readString() throws IOException {
        // Unlike new String(bytes, UTF_8), a fresh CharsetDecoder reports what is malformed.
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(readSized("string")))
                .toString();
    }

    @Override
    public Utf8 readString(Utf8 old) throws IOException {
        return new Utf8(readString());
    }

    @Override
    public void skipString() throws IOException {
        skipSized("string");
    }

    @Override
    public ByteBuffer readBytes(ByteBuffer old) throws IOException {
        return ByteBuffer.wrap(readSized("bytes"));
    }

    @Override
    public void skipBytes() throws IOException {
        skipSized("bytes");
    }

    /** A negative count is followed by the size of its block in bytes: of no use here, and not to be believed when skipping. */
    private long readCount(String what) throws IOException {
        long count = in.readLong();
        if (count < 0) {
            in.readLong();
            count = -count;
        }
        return checkLength(count, what);
    }

    @Override
    public long readArrayStart() throws IOException {
        return readCount("array");
    }

    @Override
    public long arrayNext() throws IOException {
        return readCount("array");
    }

    @Override
    public long skipArray() throws IOException {
        return readCount("array");
    }

    @Override
    public long readMapStart() throws IOException {
        return readCount("map");
    }

    @Override
    public long mapNext() throws IOException {
        return readCount("map");
    }

    @Override
    public long skipMap() throws IOException {
        return readCount("map");
    }

    @Override
    public void readNull() throws IOException {
        in.readNull();
    }

    @Override
    public boolean readBoolean() throws IOException {
        return in.readBoolean();
    }

    @Override
    public int readInt() throws IOException {
        return in.readInt();
    }

    @Override
    public long readLong() throws IOException {
        return in.readLong();
    }

    @Override
    public float readFloat() throws IOException {
        return in.readFloat();
    }

    @Override
    public double readDouble() throws IOException {
        return in.readDouble();
    }

    @Override
    public void readFixed(byte[] bytes, int start, int length) throws IOException {
        in.readFixed(bytes, start, length);
    }

    @Override
    public void skipFixed(int length) throws IOException {
        in.skipFixed(length);
    }

    @Override
    public int readEnum() throws IOException {
        return in.readEnum();
    }

    @Override
    public int readIndex() throws IOException {
        return in.readIndex();
    }
}
