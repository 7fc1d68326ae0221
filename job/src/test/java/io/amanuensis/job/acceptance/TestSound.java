package io.amanuensis.job.acceptance;

import io.amanuensis.job.files.AudioFile;
import io.amanuensis.job.files.SampleSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Sound held in arrays {@code [channel][frame]}, at the rate that the model hears. */
final class TestSound {
    static final int RATE_HZ = 16_000;
    static final int MS = RATE_HZ / 1000;

    /** Of the interpolation, on each side: 70 dB. */
    private static final int TAPS = 32;

    private TestSound() {}

    /** A recording of 8 or 16 kHz. */
    static short[][] read(Path file) throws IOException {
        try (AudioFile recording = AudioFile.open(file)) {
            short[][] sound = recording.read((int) recording.frames());
            return recording.sampleRateHz() == RATE_HZ
                    ? sound
                    : Arrays.stream(sound).map(TestSound::doubled).toArray(short[][]::new);
        }
    }

    /** Sound of 8 kHz at 16 kHz: between two samples stands the sum of the samples around, by the ideal filter under a Hann window. */
    static short[] doubled(short[] sound) {
        short[] doubled = new short[2 * sound.length];
        for (int i = 0; i < sound.length; i++) {
            double between = 0;
            for (int tap = -TAPS + 1; tap <= TAPS; tap++) {
                if (i + tap >= 0 && i + tap < sound.length) {
                    double distance = tap - 0.5;
                    double window = Math.pow(Math.cos(Math.PI * distance / (2 * TAPS + 1)), 2);
                    between += sound[i + tap] * Math.sin(Math.PI * distance) / (Math.PI * distance) * window;
                }
            }
            doubled[2 * i] = sound[i];
            doubled[2 * i + 1] = (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(between)));
        }
        return doubled;
    }

    static short[] concatenated(short[] sound, short[] more) {
        short[] all = Arrays.copyOf(sound, sound.length + more.length);
        System.arraycopy(more, 0, all, sound.length, more.length);
        return all;
    }

    /** From beginning to end, once. */
    static SampleSource source(short[][] sound) {
        return new SampleSource() {
            private int at;

            @Override
            public int sampleRateHz() {
                return RATE_HZ;
            }

            @Override
            public int channels() {
                return sound.length;
            }

            @Override
            public short[][] read(int frames) {
                int end = Math.min(sound[0].length, at + frames);
                short[][] read = Arrays.stream(sound)
                        .map(channel -> Arrays.copyOfRange(channel, at, end))
                        .toArray(short[][]::new);
                at = end;
                return read;
            }

            @Override
            public void close() {}
        };
    }
}
