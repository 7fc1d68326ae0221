package io.amanuensis.operators.decodeaudio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolyphaseResamplerTest {
    private static final double AMPLITUDE = 30_000;
    private static final double BETA = 0.1102 * (90 - 8.7);
    private static final double BESSEL_OF_BETA = besselI0(BETA);

    private static short[] resample(int rateHz, float[] input) {
        try (PolyphaseResampler resampler = new PolyphaseResampler(rateHz)) {
            ResamplerState state = resampler.begin();
            return concatenate(resampler.push(state, input), resampler.finish(state));
        }
    }

    private static short[] concatenate(short[] a, short[] b) {
        short[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static float[] noise(int count, long seed) {
        Random random = new Random(seed);
        float[] samples = new float[count];
        for (int i = 0; i < count; i++) {
            samples[i] = random.nextInt(-20_000, 20_001);
        }
        return samples;
    }

    private static float[] sine(double frequencyHz, int rateHz, int count) {
        float[] samples = new float[count];
        for (int i = 0; i < count; i++) {
            samples[i] = (float) (AMPLITUDE * Math.sin(2 * Math.PI * frequencyHz * i / rateHz));
        }
        return samples;
    }

    /** The definition, in double, without phases: every input sample times the filter at its distance from the output's time. */
    private static double directForm(float[] input, int rateHz, long n, int halfWidth) {
        double time = (double) n * rateHz / 16_000;
        double nyquist = Math.min(8000, rateHz / 2.0);
        double cutoffHz = 0.95 * nyquist;
        double sum = 0;
        for (int k = 0; k < input.length; k++) {
            double t = time - k;
            if (Math.abs(t) <= halfWidth) {
                double x = 2 * cutoffHz / rateHz * t;
                double sinc = x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
                double window =
                        besselI0(BETA * Math.sqrt(1 - t * t / ((double) halfWidth * halfWidth))) / BESSEL_OF_BETA;
                sum += input[k] * 2 * cutoffHz / rateHz * sinc * window;
            }
        }
        return sum;
    }

    /** By its integral, where the code under test uses the series. */
    private static double besselI0(double x) {
        int steps = 50;
        double sum = 0;
        for (int i = 0; i < steps; i++) {
            sum += Math.exp(x * Math.cos(Math.PI * (i + 0.5) / steps));
        }
        return sum / steps;
    }

    @ParameterizedTest
    @ValueSource(ints = {8000, 8001, 11025, 12000, 22050, 32000, 44100, 48000})
    void equalsTheDirectForm(int rateHz) {
        float[] input = noise(700, rateHz);
        short[] output = resample(rateHz, input);
        int halfWidth = new KaiserSinc(rateHz).halfWidth();
        double worst = 0;
        for (int n = 0; n < output.length; n++) {
            worst = Math.max(
                    worst,
                    Math.abs(output[n] - Math.max(-32768, Math.min(32767, directForm(input, rateHz, n, halfWidth)))));
        }
        assertThat(worst)
                .as("half a step of rounding, and 90 float additions to sums of some 20000 at 2^-24 each")
                .isLessThan(0.6);
    }

    /** 90 dB of ripple and 94 dB of 16-bit rounding make 88.5 dB at worst. */
    @ParameterizedTest
    @CsvSource({
        "8000,50",
        "8000,300",
        "8000,1000",
        "8000,3400",
        "8000,3590",
        "11025,1000",
        "11025,4900",
        "22050,1000",
        "22050,7100",
        "44100,440",
        "44100,7100",
        "48000,1000",
        "48000,7190",
        "12345,5500"
    })
    void keepsToneInPhaseAndLevel(int rateHz, double frequencyHz) {
        short[] output = resample(rateHz, sine(frequencyHz, rateHz, rateHz));
        double error = 0;
        double signal = 0;
        for (int n = 1000; n < output.length - 1000; n++) {
            double ideal = AMPLITUDE * Math.sin(2 * Math.PI * frequencyHz * n / 16_000);
            error += (output[n] - ideal) * (output[n] - ideal);
            signal += ideal * ideal;
        }
        assertThat(10 * Math.log10(signal / error)).as("signal to error, dB").isGreaterThan(88);
    }

    /** What cannot be represented at 16 kHz would fold back as a whistle; 90 dB below 30000 is 0.95, so nothing above 1 remains. */
    @ParameterizedTest
    @CsvSource({
        "22050,8000",
        "22050,9100",
        "22050,11000",
        "44100,8000",
        "44100,12000",
        "44100,15900",
        "44100,21000",
        "48000,8000",
        "48000,15000",
        "48000,16100",
        "48000,23900",
        "32000,8500",
        "32000,15990"
    })
    void rejectsAliases(int rateHz, double frequencyHz) {
        short[] output = resample(rateHz, sine(frequencyHz, rateHz, rateHz));
        int peak = 0;
        for (int n = 1000; n < output.length - 1000; n++) {
            peak = Math.max(peak, Math.abs(output[n]));
        }
        assertThat(peak).isLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {8000, 11025, 22050, 44100, 48000, 47999})
    void doesNotDependOnTheCut(int rateHz) {
        float[] input = noise(9_000, 7);
        short[] whole = resample(rateHz, input);
        assertThat(whole.length).isEqualTo((int) Math.ceil(9_000 * 16_000.0 / rateHz));
        try (PolyphaseResampler resampler = new PolyphaseResampler(rateHz)) {
            Random random = new Random(99);
            for (int largest : new int[] {1, 3, 37, 250, 2000}) {
                ResamplerState state = resampler.begin();
                short[] pieces = {};
                for (int from = 0; from < input.length; ) {
                    int to = Math.min(input.length, from + 1 + random.nextInt(largest));
                    pieces = concatenate(pieces, resampler.push(state, Arrays.copyOfRange(input, from, to)));
                    from = to;
                    assertThat(state.history.length).isLessThan(2 * new KaiserSinc(rateHz).halfWidth() + 3);
                }
                assertThat(concatenate(pieces, resampler.finish(state)))
                        .as("pieces of up to %d", largest)
                        .isEqualTo(whole);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8000, 11025, 44100, 48000})
    void theShortestInputsHaveExactLengths(int rateHz) {
        for (int count = 0; count < 12; count++) {
            assertThat(resample(rateHz, new float[count])).hasSize((int) Math.ceil(count * 16_000.0 / rateHz));
        }
    }

    @Test
    void clipsInsteadOfWrapping() {
        float[] square = new float[400];
        for (int i = 0; i < square.length; i++) {
            square[i] = i / 40 % 2 == 0 ? 32767 : -32768;
        }
        short[] output = resample(8000, square);
        for (int n = 200; n < 600; n++) {
            int phase = n % 160;
            if (phase > 4 && phase < 76) {
                assertThat(output[n]).as("sample %d", n).isGreaterThan((short) 25_000);
            }
        }
    }

    @Test
    void passThroughKeepsEveryBit() {
        float[] input = new float[65_536];
        short[] expected = new short[65_536];
        for (int i = 0; i < input.length; i++) {
            expected[i] = (short) (i - 32_768);
            input[i] = expected[i];
        }
        Resampler resampler = new Resamplers().forRate(16_000);
        ResamplerState state = resampler.begin();
        assertThat(resampler.push(state, input)).isEqualTo(expected);
        assertThat(resampler.finish(state)).isEmpty();
    }

    @Test
    void theCacheIsBounded() {
        try (Resamplers resamplers = new Resamplers()) {
            Resampler telephone = resamplers.forRate(8000);
            assertThat(resamplers.forRate(8000)).isSameAs(telephone);
            for (int rateHz : new int[] {47_999, 47_997}) {
                resamplers.forRate(rateHz);
            }
            assertThat(resamplers.size()).isLessThan(3);
            assertThat(resamplers.forRate(8000)).isNotSameAs(telephone);
        }
    }
}
