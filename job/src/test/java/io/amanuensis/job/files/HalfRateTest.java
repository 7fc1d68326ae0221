package io.amanuensis.job.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HalfRateTest {
    private static final int RATE_HZ = 16_000;
    private static final double AMPLITUDE = 20_000;

    @ParameterizedTest
    @ValueSource(ints = {0, 60, 300, 1000, 3000, 3400})
    void passesTheTelephoneBandWithoutDelay(int frequencyHz) throws IOException {
        short[] output = halved(cosine(frequencyHz, RATE_HZ));

        assertThat(output).hasSize(RATE_HZ / 2);
        for (int frame = 100; frame < output.length - 100; frame++) {
            double expected = AMPLITUDE * Math.cos(2 * Math.PI * frequencyHz * 2 * frame / RATE_HZ);
            assertThat((double) output[frame]).as("frame %d", frame).isCloseTo(expected, within(0.001 * AMPLITUDE + 1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4600, 5000, 6000, 7000, 7900, 8000})
    void removesWhatWouldFoldIntoTheTelephoneBand(int frequencyHz) throws IOException {
        short[] output = halved(cosine(frequencyHz, RATE_HZ));

        short[] settled = Arrays.copyOfRange(output, 100, output.length - 100);
        assertThat(20 * Math.log10((rootMeanSquare(settled) + 1e-9) / (AMPLITUDE / Math.sqrt(2))))
                .isLessThan(-65);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 2", "28, 7", "29, 3", "30, 15", "1000, 333", "1001, 500", "1001, 501", "4000, 1"})
    void piecesAddUpToTheWhole(int inputFrames, int pieceFrames) throws IOException {
        Random random = new Random(inputFrames);
        short[] input = new short[inputFrames];
        for (int i = 0; i < inputFrames; i++) {
            input[i] = (short) random.nextInt();
        }
        short[] whole = halved(input);
        assertThat(whole).hasSize((inputFrames + 1) / 2);

        HalfRate pieces = new HalfRate(new Samples(input));
        short[] joined = new short[0];
        for (short[] piece = pieces.read(pieceFrames)[0]; piece.length > 0; piece = pieces.read(pieceFrames)[0]) {
            int held = joined.length;
            joined = Arrays.copyOf(joined, held + piece.length);
            System.arraycopy(piece, 0, joined, held, piece.length);
        }
        assertThat(joined).containsExactly(whole);
    }

    @Test
    void fullScaleClipsInsteadOfWrapping() throws IOException {
        short[] square = new short[RATE_HZ];
        for (int i = 0; i < square.length; i++) {
            square[i] = i / 40 % 2 == 0 ? Short.MAX_VALUE : Short.MIN_VALUE;
        }
        short[] output = halved(square);

        assertThat(output).contains(Short.MAX_VALUE, Short.MIN_VALUE);
        for (int frame = 50; frame < output.length - 50; frame++) {
            if (frame % 20 > 2 && frame % 20 < 17) {
                assertThat(Integer.signum(output[frame])).as("frame %d", frame).isEqualTo(frame / 20 % 2 == 0 ? 1 : -1);
            }
        }
    }

    private static short[] halved(short[] input) throws IOException {
        return new HalfRate(new Samples(input)).read(input.length)[0];
    }

    private static short[] cosine(int frequencyHz, int frames) {
        short[] samples = new short[frames];
        for (int i = 0; i < frames; i++) {
            samples[i] = (short) Math.round(AMPLITUDE * Math.cos(2 * Math.PI * frequencyHz * i / RATE_HZ));
        }
        return samples;
    }

    private static double rootMeanSquare(short[] samples) {
        double sum = 0;
        for (short sample : samples) {
            sum += (double) sample * sample;
        }
        return Math.sqrt(sum / samples.length);
    }

    /** One channel from memory. */
    private static final class Samples implements SampleSource {
        private final short[] samples;
        private int position;

        Samples(short[] samples) {
            this.samples = samples;
        }

        @Override
        public int sampleRateHz() {
            return RATE_HZ;
        }

        @Override
        public int channels() {
            return 1;
        }

        @Override
        public short[][] read(int frames) {
            int end = Math.min(samples.length, position + frames);
            short[][] read = {Arrays.copyOfRange(samples, position, end)};
            position = end;
            return read;
        }

        @Override
        public void close() {}
    }
}
