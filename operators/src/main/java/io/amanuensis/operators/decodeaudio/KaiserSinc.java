package io.amanuensis.operators.decodeaudio;

import io.amanuensis.operators.element.PcmChunk;

/**
 * The low-pass filter between two rates, as a continuous function of time: an ideal low-pass cut off by a Kaiser window.
 * Passes up to 0.9 of the lower Nyquist frequency and stops from that frequency on, so that nothing folds back into hearing:
 * ripple and leakage 90 dB down. Telephone speech (to 3.4 kHz of 4) lies within the pass band.
 */
final class KaiserSinc {
    private static final double PASS_BAND = 0.9;
    private static final double ATTENUATION_DB = 90;
    /** Kaiser's formulas for the shape and the length, Oppenheim and Schafer, Discrete-Time Signal Processing, 7.5.3. */
    private static final double BETA = 0.1102 * (ATTENUATION_DB - 8.7);

    private static final double BESSEL_OF_BETA = besselI0(BETA);

    /** Of the input's sampling rate. */
    private final double cutoff;

    private final int halfWidth;

    KaiserSinc(int sampleRateHz) {
        double nyquist = Math.min(sampleRateHz, PcmChunk.SAMPLE_RATE_HZ) / 2.0 / sampleRateHz;
        double transition = (1 - PASS_BAND) * nyquist;
        double width = (ATTENUATION_DB - 7.95) / (2.285 * 2 * Math.PI * transition);
        this.cutoff = nyquist - transition / 2;
        this.halfWidth = 2 * (int) Math.ceil(width / 4);
    }

    /** Where the response ends on either side, in input samples; even. */
    int halfWidth() {
        return halfWidth;
    }

    /** @param t in input samples, at most {@link #halfWidth} from 0 */
    double at(double t) {
        double x = 2 * Math.PI * cutoff * t;
        double sinc = x == 0 ? 1 : Math.sin(x) / x;
        double edge = t / halfWidth;
        double window = besselI0(BETA * Math.sqrt(Math.max(0, 1 - edge * edge))) / BESSEL_OF_BETA;
        return 2 * cutoff * sinc * window;
    }

    /** Modified Bessel function of the first kind, order 0, by its power series. */
    private static double besselI0(double x) {
        double quarter = x * x / 4;
        double term = 1;
        double sum = 1;
        for (int k = 1; term > 1e-17 * sum; k++) {
            term *= quarter / ((double) k * k);
            sum += term;
        }
        return sum;
    }
}
