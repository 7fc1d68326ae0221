package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BandEnergiesTest {
    private static final int BANDS = 24;
    private static final int FRAME = 320;
    private static final int FFT = 512;

    /** By the definition of the transform and of the bands, in double precision. */
    private static double[] expected(short[] samples, int count) {
        double[] power = new double[FFT / 2 + 1];
        for (int k = 0; k < power.length; k++) {
            double re = 0;
            double im = 0;
            for (int n = 0; n < count; n++) {
                double x =
                        samples[n] / 32_768.0 * (0.5 - 0.5 * Math.cos(2 * Math.PI * (n + 0.5) / FRAME)) / (FRAME / 2.0);
                re += x * Math.cos(2 * Math.PI * k * n / FFT);
                im -= x * Math.sin(2 * Math.PI * k * n / FFT);
            }
            power[k] = re * re + im * im;
        }
        double[] bands = new double[BANDS];
        double low = mel(100);
        double step = (mel(3800) - low) / (BANDS + 1);
        for (int band = 0; band < BANDS; band++) {
            double sum = 0;
            double weights = 0;
            for (int k = 0; k < power.length; k++) {
                double hz = k * 16_000.0 / FFT;
                double rise = (hz - hz(low + band * step)) / (hz(low + (band + 1) * step) - hz(low + band * step));
                double fall = (hz(low + (band + 2) * step) - hz)
                        / (hz(low + (band + 2) * step) - hz(low + (band + 1) * step));
                double weight = Math.max(0, Math.min(rise, fall));
                sum += weight * power[k];
                weights += weight;
            }
            bands[band] = (Math.log(sum / weights + 1e-8) / Math.log(2) + 18) / 5;
        }
        return bands;
    }

    private static double mel(double hz) {
        return 2595 * Math.log10(1 + hz / 700);
    }

    private static double hz(double mel) {
        return 700 * (Math.pow(10, mel / 2595) - 1);
    }

    @ParameterizedTest
    @CsvSource({"1, 320, 20000", "2, 320, 300", "3, 320, 3", "4, 319, 9000", "5, 17, 9000", "6, 1, 9000"})
    void areThoseOfTheDefinition(long seed, int count, int amplitude) {
        Random random = new Random(seed);
        short[] samples = new short[FRAME];
        for (int i = 0; i < FRAME; i++) {
            samples[i] = (short) (amplitude * (Math.sin(0.2 * i * seed) + random.nextGaussian() / 4));
        }
        BandEnergies energies = new BandEnergies(BANDS);
        float[] found = new float[BANDS];
        energies.of(samples, count, found);
        double[] expected = expected(samples, count);
        for (int band = 0; band < BANDS; band++) {
            assertThat((double) found[band]).as("band %d", band).isCloseTo(expected[band], within(2e-4));
        }
    }
}
