package io.amanuensis.operators.findspeech;

import io.amanuensis.operators.element.PcmChunk;

/**
 * What {@link NeuralDetector} is shown of a frame of 20 ms: the logarithms of the energies of 24 bands, evenly spaced on the mel
 * scale over the telephone's range, so that sound of 8 kHz and of 16 kHz looks alike. The same as {@code operators/vad/bands.py}. For
 * one thread.
 */
final class BandEnergies {
    static final int FRAME_SAMPLES = 320;

    private static final int FFT_SIZE = 512;
    private static final int HALF = FFT_SIZE / 2;
    private static final double LOWEST_HZ = 100;
    private static final double HIGHEST_HZ = 3800;
    /** Of a band, against about 0.25 for a sine of full scale: what lies far below it is silence. */
    private static final float FLOOR = 1e-8f;
    /** Brings the logarithms to about unit size. */
    private static final float OFFSET = 18;

    private static final float SCALE = 1 / 5f;

    private final float[] window = new float[FRAME_SAMPLES];
    /** Cosines and sines of -2 pi k / {@link #FFT_SIZE}. */
    private final float[] cosines = new float[HALF];

    private final float[] sines = new float[HALF];
    private final int[] reversed = new int[HALF];
    /** [band]: its first bin, and the weights of the bins from there on. */
    private final int[] firstBins;

    private final float[][] weights;

    private final float[] real = new float[HALF];
    private final float[] imaginary = new float[HALF];
    private final float[] power = new float[HALF + 1];

    BandEnergies(int bands) {
        for (int i = 0; i < FRAME_SAMPLES; i++) {
            double hann = 0.5 - 0.5 * StrictMath.cos(2 * Math.PI * (i + 0.5) / FRAME_SAMPLES);
            window[i] = (float) (hann / (FRAME_SAMPLES / 2.0) / 32_768);
        }
        for (int k = 0; k < HALF; k++) {
            cosines[k] = (float) StrictMath.cos(2 * Math.PI * k / FFT_SIZE);
            sines[k] = (float) -StrictMath.sin(2 * Math.PI * k / FFT_SIZE);
            reversed[k] = Integer.reverse(k) >>> Integer.numberOfLeadingZeros(HALF) + 1;
        }
        firstBins = new int[bands];
        weights = new float[bands][];
        for (int band = 0; band < bands; band++) {
            triangle(band, bands);
        }
    }

    /** Between the centres of the neighbours; the weights add up to 1. */
    private void triangle(int band, int bands) {
        double low = edgeHz(band, bands);
        double centre = edgeHz(band + 1, bands);
        double high = edgeHz(band + 2, bands);
        double binHz = (double) PcmChunk.SAMPLE_RATE_HZ / FFT_SIZE;
        int first = (int) StrictMath.floor(low / binHz) + 1;
        int last = (int) StrictMath.ceil(high / binHz) - 1;
        double[] heights = new double[last - first + 1];
        double sum = 0;
        for (int bin = first; bin <= last; bin++) {
            double hz = bin * binHz;
            heights[bin - first] = Math.min((hz - low) / (centre - low), (high - hz) / (high - centre));
            sum += heights[bin - first];
        }
        firstBins[band] = first;
        weights[band] = new float[heights.length];
        for (int i = 0; i < heights.length; i++) {
            weights[band][i] = (float) (heights[i] / sum);
        }
    }

    private static double edgeHz(int edge, int bands) {
        double low = StrictMath.log10(1 + LOWEST_HZ / 700);
        double high = StrictMath.log10(1 + HIGHEST_HZ / 700);
        return 700 * (StrictMath.pow(10, low + edge * (high - low) / (bands + 1)) - 1);
    }

    /**
     * @param count samples that count; silence stands for the rest of the frame
     * @param out [bands]
     */
    void of(short[] samples, int count, float[] out) {
        for (int i = 0; i < HALF; i++) {
            int at = 2 * reversed[i];
            real[i] = at < count ? samples[at] * window[at] : 0;
            imaginary[i] = at + 1 < count ? samples[at + 1] * window[at + 1] : 0;
        }
        transform();
        unpackPower();
        for (int band = 0; band < out.length; band++) {
            float energy = 0;
            float[] heights = weights[band];
            for (int i = 0; i < heights.length; i++) {
                energy += heights[i] * power[firstBins[band] + i];
            }
            out[band] = (StrictFloat.log2(energy + FLOOR) + OFFSET) * SCALE;
        }
    }

    /** In place, of the even samples as real and the odd as imaginary parts; the input is in bit-reversed order. */
    private void transform() {
        for (int half = 1; half < HALF; half *= 2) {
            int stride = HALF / half;
            for (int block = 0; block < HALF; block += 2 * half) {
                for (int k = 0; k < half; k++) {
                    int a = block + k;
                    int b = a + half;
                    float c = cosines[k * stride];
                    float s = sines[k * stride];
                    float re = real[b] * c - imaginary[b] * s;
                    float im = real[b] * s + imaginary[b] * c;
                    real[b] = real[a] - re;
                    imaginary[b] = imaginary[a] - im;
                    real[a] += re;
                    imaginary[a] += im;
                }
            }
        }
    }

    /** Takes the spectra of even and odd samples apart and joins them to that of all. */
    private void unpackPower() {
        for (int k = 0; k < HALF; k++) {
            int mirror = HALF - k & HALF - 1;
            float evenRe = 0.5f * (real[k] + real[mirror]);
            float evenIm = 0.5f * (imaginary[k] - imaginary[mirror]);
            float oddRe = 0.5f * (imaginary[k] + imaginary[mirror]);
            float oddIm = -0.5f * (real[k] - real[mirror]);
            float re = evenRe + oddRe * cosines[k] - oddIm * sines[k];
            float im = evenIm + oddRe * sines[k] + oddIm * cosines[k];
            power[k] = re * re + im * im;
        }
    }
}
