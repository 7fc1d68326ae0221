package io.amanuensis.operators.decodeaudio;

/** Bits of a byte array, the most significant first. */
final class BitReader {
    private final byte[] bytes;
    private long at;

    BitReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** There are fewer bits than are asked for. */
    static final class EndException extends Exception {
        private static final long serialVersionUID = 1;

        EndException() {
            super("the payload ends too soon", null, false, false);
        }
    }

    int byteAt() {
        return (int) (at >> 3);
    }

    boolean atEnd() {
        return at == 8L * bytes.length;
    }

    void alignToByte() {
        at = at + 7 & ~7L;
    }

    void skipBytes(int count) throws EndException {
        require(8L * count);
        at += 8L * count;
    }

    /** @param count 0 to 63 */
    long bits(int count) throws EndException {
        require(count);
        long value = 0;
        for (int left = count; left > 0; ) {
            int inByte = 8 - (int) (at & 7);
            int taken = Math.min(left, inByte);
            int chunk = (bytes[byteAt()] & 0xff) >> inByte - taken & (1 << taken) - 1;
            value = value << taken | chunk;
            at += taken;
            left -= taken;
        }
        return value;
    }

    /** Two's complement. @param count 1 to 63 */
    long signedBits(int count) throws EndException {
        return bits(count) << 64 - count >> 64 - count;
    }

    /** Zeros before the next one, which is read too. */
    int unary() throws EndException {
        int zeros = 0;
        while (true) {
            require(1);
            int inByte = 8 - (int) (at & 7);
            int rest = bytes[byteAt()] & (1 << inByte) - 1;
            if (rest == 0) {
                zeros += inByte;
                at += inByte;
            } else {
                int more = Integer.numberOfLeadingZeros(rest) - (32 - inByte);
                at += more + 1;
                return zeros + more;
            }
        }
    }

    private void require(long count) throws EndException {
        if (at + count > 8L * bytes.length) {
            throw new EndException();
        }
    }
}
