package io.amanuensis.job.files;

import java.io.IOException;
import java.util.Arrays;

/**
 * Sound at half its rate, as a telephone network would carry 16 kHz speech. A half-band low-pass of linear phase (Blackman
 * window, 74 dB) keeps everything below 0.2125 of the old rate (3.4 of 16 kHz) and removes what lies above 0.2875; between the
 * two the band edge folds onto itself, above the telephone band. No delay: output frame n lies at input frame 2n.
 */
final class HalfRate implements SampleSource {
    /** Taps on each side of the centre; odd, since every second tap of a half-band filter but the centre is zero. */
    private static final int REACH = 37;

    /** The taps at distances 1, 3, 5, ... from the centre, which is 0.5. */
    private static final double[] ODD_TAPS = oddTaps();

    private final SampleSource source;
    /** Input frames from {@code 2 * next - REACH} on; silence stands before the first and after the last. */
    private short[][] window;

    private long inputFrames;
    private long next;
    private boolean ended;

    HalfRate(SampleSource source) {
        this.source = source;
        this.window = new short[source.channels()][REACH];
    }

    @Override
    public int sampleRateHz() {
        return source.sampleRateHz() / 2;
    }

    @Override
    public int channels() {
        return source.channels();
    }

    @Override
    public short[][] read(int frames) throws IOException {
        fill(2 * frames + 2 * REACH);
        int produced = ended ? (int) Math.min(frames, (inputFrames + 1) / 2 - next) : frames;
        short[][] output = new short[channels()][];
        for (int channel = 0; channel < output.length; channel++) {
            output[channel] = decimated(window[channel], produced);
            window[channel] = Arrays.copyOfRange(window[channel], 2 * produced, window[channel].length);
        }
        next += produced;
        return output;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }

    /** Brings the window to a length, from the source and beyond its end with silence. */
    private void fill(int length) throws IOException {
        int missing = length - window[0].length;
        if (missing <= 0) {
            return;
        }
        short[][] read = ended ? new short[channels()][0] : source.read(missing);
        inputFrames += read[0].length;
        ended |= read[0].length < missing;
        for (int channel = 0; channel < read.length; channel++) {
            int held = window[channel].length;
            window[channel] = Arrays.copyOf(window[channel], length);
            System.arraycopy(read[channel], 0, window[channel], held, read[channel].length);
        }
    }

    private static short[] decimated(short[] input, int frames) {
        short[] output = new short[frames];
        for (int frame = 0; frame < frames; frame++) {
            int centre = 2 * frame + REACH;
            double sum = 0.5 * input[centre];
            for (int tap = 0, distance = 1; tap < ODD_TAPS.length; tap++, distance += 2) {
                sum += ODD_TAPS[tap] * (input[centre - distance] + input[centre + distance]);
            }
            output[frame] = (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(sum)));
        }
        return output;
    }

    /** The ideal half-band response sin(pi d / 2) / (pi d) under a Blackman window, scaled so that a constant stays what it is. */
    private static double[] oddTaps() {
        double[] taps = new double[(REACH + 1) / 2];
        double sum = 0;
        for (int tap = 0; tap < taps.length; tap++) {
            int distance = 2 * tap + 1;
            double angle = Math.PI * distance / (REACH + 1);
            double blackman = 0.42 + 0.5 * Math.cos(angle) + 0.08 * Math.cos(2 * angle);
            taps[tap] = Math.sin(Math.PI * distance / 2) / (Math.PI * distance) * blackman;
            sum += 2 * taps[tap];
        }
        for (int tap = 0; tap < taps.length; tap++) {
            taps[tap] *= 0.5 / sum;
        }
        return taps;
    }
}
