package io.amanuensis.operators.decodeaudio;

/**
 * Header of a frame of MPEG audio layer III (ISO/IEC 11172-3, 13818-3, and 2.5 as its encoders write it).
 *
 * @param bytes of the frame, the header's four included
 * @param samples of a channel
 * @param checked whether two bytes with a checksum follow the header
 * @param sideBytes of what stands before the frame's coded samples
 */
record Mp3Header(int sampleRateHz, int channels, int bytes, int samples, boolean checked, int sideBytes) {
    static final int LENGTH = 4;
    static final int SUM_LENGTH = 2;

    private static final int SYNC = 0x7ff;
    private static final int RESERVED_VERSION = 1;
    private static final int MPEG_1 = 3;
    private static final int LAYER_III = 1;
    private static final int SINGLE_CHANNEL = 3;
    private static final int[] KBITS_OF_MPEG_1 = {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
    private static final int[] KBITS_OF_MPEG_2 = {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};
    private static final int[] RATES_OF_MPEG_1 = {44_100, 48_000, 32_000};

    /** Null if these four bytes are none. A frame of no stated rate of bits (free format) is none either. */
    static Mp3Header of(int bits) {
        int version = bits >> 19 & 3;
        int rate = bits >> 12 & 15;
        int frequency = bits >> 10 & 3;
        if (bits >>> 21 != SYNC || version == RESERVED_VERSION || (bits >> 17 & 3) != LAYER_III) {
            return null;
        }
        if (rate == 0 || rate == 15 || frequency == 3) {
            return null;
        }
        boolean first = version == MPEG_1;
        int channels = (bits >> 6 & 3) == SINGLE_CHANNEL ? 1 : 2;
        int sampleRateHz = RATES_OF_MPEG_1[frequency] >> (first ? 0 : version == 2 ? 1 : 2);
        int samples = first ? 1152 : 576;
        int bitsASecond = 1000 * (first ? KBITS_OF_MPEG_1 : KBITS_OF_MPEG_2)[rate];
        int bytes = samples / 8 * bitsASecond / sampleRateHz + (bits >> 9 & 1);
        int sideBytes = first ? 17 : 9;
        if (channels == 2) {
            sideBytes = first ? 32 : 17;
        }
        return new Mp3Header(sampleRateHz, channels, bytes, samples, (bits >> 16 & 1) == 0, sideBytes);
    }
}
