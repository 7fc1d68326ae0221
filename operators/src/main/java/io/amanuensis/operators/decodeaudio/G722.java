package io.amanuensis.operators.decodeaudio;

import io.amanuensis.operators.decodeaudio.G722State.Band;

/**
 * Decoder of ITU-T G.722 at 64 kbit/s: wideband sound of telephones in sub-band ADPCM. Of each byte the lower six bits are the
 * difference of the band up to 4 kHz from its prediction, the upper two that of the band above; a filter bank makes two samples
 * at 16 kHz of the two. The arithmetic is the Recommendation's to the bit: 16-bit numbers, products shifted by 15, saturation.
 */
final class G722 {
    static final int SAMPLE_RATE_HZ = 16_000;
    static final int SAMPLES_PER_BYTE = 2;

    static final int FILTER_TAPS = 24;
    static final int FIRST_LOW_SCALE = 32;
    static final int FIRST_HIGH_SCALE = 8;

    private static final int LOW_BITS = 6;
    /** What adapts the lower band are its four upper bits, so that a transmission may use the others for data. */
    private static final int DATA_BITS = 2;

    private static final int LOW_LOG_SCALE_LIMIT = 18_432;
    private static final int HIGH_LOG_SCALE_LIMIT = 22_528;
    private static final int LOW_SCALE_EXPONENT = 8;
    private static final int HIGH_SCALE_EXPONENT = 10;
    /** Of a reconstructed sample: 15 bits. */
    private static final int SAMPLE_LIMIT = 1 << 14;

    private static final int SECOND_POLE_LIMIT = 12_288;
    private static final int POLES_LIMIT = 15_360;

    /** What a 6-bit code stands for in units of the step (table QM6). */
    private static final int[] SIX_BITS = {
        -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576,
        -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040,
        -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
        4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136
    };

    /** The same of its four upper bits (table QM4). */
    private static final int[] FOUR_BITS = {
        0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0
    };

    /** The same of the 2-bit code of the upper band (table QM2). */
    private static final int[] TWO_BITS = {-7408, -1616, 7408, 1616};

    /** What a 4-bit code adds to the logarithm of the step (WL by way of RL4). */
    private static final int[] LOW_LOG_STEPS = {
        -60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60
    };

    /** The same of a 2-bit code (WH by way of RH2). */
    private static final int[] HIGH_LOG_STEPS = {798, -214, 798, -214};

    /** 2048 x 2^(i / 32), rounded (table ILB). */
    private static final int[] POWERS = powers();

    /** Half of the symmetric filter bank's 24 coefficients: those of every second tap. */
    private static final int[] FILTER = {3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11};

    private static final int FILTER_SHIFT = 11;

    private G722() {}

    /** @param state of the channel, which moves on */
    static float[] decode(byte[] bytes, G722State state) {
        float[] samples = new float[SAMPLES_PER_BYTE * bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            int code = bytes[i] & 0xff;
            int low = low(state.low, code & (1 << LOW_BITS) - 1);
            int high = high(state.high, code >> LOW_BITS);
            synthesize(state.history, low, high, samples, SAMPLES_PER_BYTE * i);
        }
        return samples;
    }

    private static int low(Band band, int code) {
        int sample = reconstructed(band.prediction + (band.scale * SIX_BITS[code] >> 15));
        int adapting = code >> DATA_BITS;
        int difference = band.scale * FOUR_BITS[adapting] >> 15;
        rescale(band, LOW_LOG_STEPS[adapting], LOW_LOG_SCALE_LIMIT, LOW_SCALE_EXPONENT);
        adapt(band, difference);
        return sample;
    }

    private static int high(Band band, int code) {
        int difference = band.scale * TWO_BITS[code] >> 15;
        int sample = reconstructed(band.prediction + difference);
        rescale(band, HIGH_LOG_STEPS[code], HIGH_LOG_SCALE_LIMIT, HIGH_SCALE_EXPONENT);
        adapt(band, difference);
        return sample;
    }

    private static void rescale(Band band, int logStep, int limit, int exponent) {
        band.logScale = Math.max(0, Math.min(limit, (band.logScale * 127 >> 7) + logStep));
        int power = POWERS[band.logScale >> 6 & 31];
        int shift = exponent - (band.logScale >> 11);
        band.scale = (shift < 0 ? power << -shift : power >> shift) << 2;
    }

    /** The predictor follows the signal: poles, then zeros, then the next prediction. */
    private static void adapt(Band band, int difference) {
        int sample = saturated(band.prediction + difference);
        int partial = saturated(band.zeroPrediction + difference);
        adaptPoles(band, partial);
        adaptZeros(band, difference);
        push(band.differences, difference);
        push(band.samples, sample);
        push(band.partials, partial);

        int zeroPrediction = 0;
        for (int i = band.zeros.length - 1; i >= 0; i--) {
            zeroPrediction += product(band.zeros[i], saturated(2 * band.differences[i]));
        }
        band.zeroPrediction = saturated(zeroPrediction);
        int polePrediction = 0;
        for (int i = 0; i < band.poles.length; i++) {
            polePrediction += product(band.poles[i], saturated(2 * band.samples[i]));
        }
        band.prediction = saturated(saturated(polePrediction) + band.zeroPrediction);
    }

    private static void adaptPoles(Band band, int partial) {
        boolean likeLast = sameSign(partial, band.partials[0]);
        boolean likeLastButOne = sameSign(partial, band.partials[1]);
        int toFirst = saturated(4 * band.poles[0]);
        int pull = likeLast ? Math.min(-toFirst, Short.MAX_VALUE) : toFirst;
        int second = limited(
                (likeLastButOne ? 128 : -128) + (pull >> 7) + product(band.poles[1], 32_512), SECOND_POLE_LIMIT);
        int first = saturated((likeLast ? 192 : -192) + product(band.poles[0], 32_640));
        band.poles[0] = limited(first, POLES_LIMIT - second);
        band.poles[1] = second;
    }

    private static void adaptZeros(Band band, int difference) {
        int step = difference == 0 ? 0 : 128;
        for (int i = 0; i < band.zeros.length; i++) {
            int towards = sameSign(difference, band.differences[i]) ? step : -step;
            band.zeros[i] = saturated(towards + product(band.zeros[i], 32_640));
        }
    }

    private static void synthesize(int[] history, int low, int high, float[] samples, int at) {
        System.arraycopy(history, 2, history, 0, FILTER_TAPS - 2);
        history[FILTER_TAPS - 2] = low + high;
        history[FILTER_TAPS - 1] = low - high;
        int first = 0;
        int second = 0;
        for (int i = 0; i < FILTER.length; i++) {
            second += history[2 * i] * FILTER[i];
            first += history[2 * i + 1] * FILTER[FILTER.length - 1 - i];
        }
        samples[at] = saturated(first >> FILTER_SHIFT);
        samples[at + 1] = saturated(second >> FILTER_SHIFT);
    }

    private static void push(int[] newestFirst, int value) {
        System.arraycopy(newestFirst, 0, newestFirst, 1, newestFirst.length - 1);
        newestFirst[0] = value;
    }

    private static boolean sameSign(int a, int b) {
        return (a ^ b) >= 0;
    }

    private static int product(int a, int b) {
        return a * b >> 15;
    }

    private static int saturated(int value) {
        return Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, value));
    }

    private static int reconstructed(int value) {
        return Math.max(-SAMPLE_LIMIT, Math.min(SAMPLE_LIMIT - 1, value));
    }

    private static int limited(int value, int limit) {
        return Math.max(-limit, Math.min(limit, value));
    }

    private static int[] powers() {
        int[] powers = new int[32];
        for (int i = 0; i < powers.length; i++) {
            powers[i] = (int) Math.round(2048 * Math.pow(2, i / 32.0));
        }
        return powers;
    }
}
