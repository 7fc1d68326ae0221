package io.amanuensis.sounds;

import java.util.Random;

/**
 * What a telephone line carries while nobody speaks: test data for {@code operators} and {@code job}, made by formula, the same for the
 * same seed. Independent of {@code operators/vad/sounds.py}, which the detector has learned from.
 */
public enum LineSound {
    SILENCE {
        @Override
        double[] make(int count, Random random) {
            return new double[count];
        }
    },

    /** The far end's noise while its codec sends none: in patches, each of a level of its own. */
    COMFORT_NOISE {
        @Override
        double[] make(int count, Random random) {
            double[] sound = new double[count];
            double smoothing = random.nextDouble(0.2, 1);
            double level = 0;
            double last = 0;
            for (int i = 0, patchEnd = 0; i < count; i++) {
                if (i == patchEnd) {
                    level = random.nextInt(5) == 0 ? 0 : Math.pow(10, random.nextDouble(-70, -42) / 20);
                    patchEnd += random.nextInt(RATE_HZ / 2, 8 * RATE_HZ);
                }
                last += smoothing * (random.nextGaussian() - last);
                sound[i] = level * last * Math.sqrt((2 - smoothing) / smoothing);
            }
            return sound;
        }
    },

    /** A waltz or a march in a major key, played by one of three synthetic instruments, with bass, melody and shaker. */
    HOLD_MUSIC {
        private static final int[][] PROGRESSION = {{0, 4, 7}, {9, 12, 16}, {5, 9, 12}, {7, 11, 14}};
        private static final int[] SCALE = {0, 2, 4, 5, 7, 9, 11, 12, 14, 16};

        @Override
        double[] make(int count, Random random) {
            double[] sound = new double[count];
            double root = 196 * Math.pow(2, random.nextInt(12) / 12.0);
            int beats = 3 + random.nextInt(2);
            double beat = random.nextDouble(0.35, 0.75);
            int instrument = random.nextInt(3);
            int degree = 4;
            for (int bar = 0; bar * beats * beat * RATE_HZ < count; bar++) {
                int[] chord = PROGRESSION[bar % PROGRESSION.length];
                for (int i = 0; i < beats; i++) {
                    double at = (bar * beats + i) * beat;
                    if (i == 0) {
                        play(sound, at, root / 2 * semitones(chord[0]), beat * 1.5, 0.5, instrument);
                    } else {
                        for (int tone : chord) {
                            play(sound, at, root * semitones(tone), beat * 0.8, 0.2, instrument);
                        }
                    }
                    degree = Math.max(0, Math.min(SCALE.length - 1, degree + random.nextInt(-2, 3)));
                    play(sound, at, 2 * root * semitones(SCALE[degree]), beat, 0.35, instrument);
                    shake(sound, at + beat / 2, random);
                }
            }
            return scaled(sound, 0.06);
        }

        private static double semitones(int count) {
            return Math.pow(2, count / 12.0);
        }

        /** 0: plucked, 1: bowed with vibrato, 2: an organ. */
        private static void play(double[] sound, double at, double hz, double seconds, double level, int instrument) {
            int first = (int) (at * RATE_HZ);
            int length = (int) (seconds * RATE_HZ);
            for (int i = 0; i < length && first + i < sound.length; i++) {
                double t = (double) i / RATE_HZ;
                double vibrato = instrument == 1 ? 0.004 * Math.sin(2 * Math.PI * 5.5 * t) * hz / 5.5 : 0;
                double phase = 2 * Math.PI * (hz * t + vibrato);
                double value = 0;
                for (int k = 1; k <= 6 && hz * k < 3600; k++) {
                    double weight = instrument == 2 ? (k % 2 == 1 ? 1.0 / k : 0.3 / k) : 1 / Math.pow(k, 1.4);
                    value += weight * Math.sin(k * phase) * (instrument == 0 ? Math.exp(-3 * k * t) : 1);
                }
                double edge = instrument == 0 ? 0.004 : 0.06;
                sound[first + i] += level * value * Math.min(1, Math.min(t, seconds - t) / edge);
            }
        }

        private static void shake(double[] sound, double at, Random random) {
            int first = (int) (at * RATE_HZ);
            for (int i = 0; i < RATE_HZ / 25 && first + i < sound.length; i++) {
                sound[first + i] += 0.08 * random.nextGaussian() * Math.exp(-i * 150.0 / RATE_HZ);
            }
        }
    },

    /** Somebody dials, types a card number, or holds a key. */
    KEY_TONES {
        private static final double[] ROWS_HZ = {697, 770, 852, 941};
        private static final double[] COLUMNS_HZ = {1209, 1336, 1477, 1633};

        @Override
        double[] make(int count, Random random) {
            double[] sound = new double[count];
            for (int at = 0; at < count; at += random.nextInt(RATE_HZ / 20, 2 * RATE_HZ)) {
                double row = ROWS_HZ[random.nextInt(ROWS_HZ.length)];
                double column = COLUMNS_HZ[random.nextInt(COLUMNS_HZ.length)];
                double level = Math.pow(10, random.nextDouble(-30, -10) / 20);
                int length = random.nextInt(8) == 0
                        ? random.nextInt(RATE_HZ, 3 * RATE_HZ)
                        : random.nextInt(RATE_HZ / 20, 2 * RATE_HZ / 5);
                for (int end = Math.min(count, at + length); at < end; at++) {
                    double t = (double) at / RATE_HZ;
                    sound[at] = level * (Math.sin(2 * Math.PI * row * t) + Math.sin(2 * Math.PI * column * t));
                }
            }
            return noisy(sound, -75, random);
        }
    },

    /** The mains and what rectifiers make of them. */
    LINE_HUM {
        @Override
        double[] make(int count, Random random) {
            double[] sound = new double[count];
            double mains = random.nextBoolean() ? 50 : 60;
            int harmonics = random.nextInt(2, 20);
            double[] weights = random.doubles(harmonics, 0.1, 1).toArray();
            double[] phases = random.doubles(harmonics, 0, 6.28).toArray();
            for (int i = 0; i < count; i++) {
                for (int k = 0; k < harmonics; k++) {
                    sound[i] += weights[k] / (k + 1) * Math.sin(2 * Math.PI * mains * (k + 1) * i / RATE_HZ + phases[k]);
                }
            }
            return noisy(scaled(sound, Math.pow(10, random.nextDouble(-55, -25) / 20)), -65, random);
        }
    };

    public static final int RATE_HZ = 16_000;

    abstract double[] make(int count, Random random);

    /** Signed 16-bit at 16 kHz. */
    public short[] samples(int seconds, long seed) {
        double[] sound = make(seconds * RATE_HZ, new Random(31 * seed + ordinal()));
        short[] samples = new short[sound.length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) Math.round(Math.max(-1, Math.min(1, sound[i])) * Short.MAX_VALUE);
        }
        return samples;
    }

    private static double[] scaled(double[] sound, double level) {
        double squares = 0;
        for (double sample : sound) {
            squares += sample * sample;
        }
        double factor = level / Math.sqrt(squares / sound.length);
        for (int i = 0; i < sound.length; i++) {
            sound[i] *= factor;
        }
        return sound;
    }

    private static double[] noisy(double[] sound, double levelDbfs, Random random) {
        for (int i = 0; i < sound.length; i++) {
            sound[i] += Math.pow(10, levelDbfs / 20) * random.nextGaussian();
        }
        return sound;
    }
}
