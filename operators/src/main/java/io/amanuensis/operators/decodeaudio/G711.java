package io.amanuensis.operators.decodeaudio;

/**
 * ITU-T G.711 expansion to linear 16-bit. The recommendation's 14-bit (mu-law) and 13-bit (A-law) values are scaled to fill
 * 16 bits, as is customary: full scale is 32124 and 32256.
 */
final class G711 {
    private static final int BIAS = 33 << 2;
    private static final float[] MULAW = new float[256];
    private static final float[] ALAW = new float[256];

    static {
        for (int code = 0; code < 256; code++) {
            MULAW[code] = expandMulaw(code);
            ALAW[code] = expandAlaw(code);
        }
    }

    private G711() {}

    /** 16-bit linear value of a mu-law code. */
    static float mulaw(byte code) {
        return MULAW[code & 0xff];
    }

    /** 16-bit linear value of an A-law code. */
    static float alaw(byte code) {
        return ALAW[code & 0xff];
    }

    /** Table 2a: all bits inverted; sign, 3 bits of segment, 4 of the step within it. */
    private static int expandMulaw(int code) {
        int bits = ~code;
        int magnitude = ((((bits & 0x0f) << 3) + BIAS) << ((bits >> 4) & 7)) - BIAS;
        return (bits & 0x80) != 0 ? -magnitude : magnitude;
    }

    /** Table 1a: even bits inverted; the two lowest segments share their step, each value is its step's middle. */
    private static int expandAlaw(int code) {
        int bits = code ^ 0x55;
        int segment = (bits >> 4) & 7;
        int step = ((bits & 0x0f) << 4) + 8;
        int magnitude = segment == 0 ? step : (step + 0x100) << (segment - 1);
        return (bits & 0x80) != 0 ? magnitude : -magnitude;
    }
}
