package io.amanuensis.operators.findspeech;

/** 300 to 3400 Hz, by the windowed ideal response. */
final class TelephoneBand {
    private static final int HALF_TAPS = 200;
    private static final double LOW = 300.0 / 16_000;
    private static final double HIGH = 3400.0 / 16_000;

    private TelephoneBand() {}

    static double[] filtered(double[] sound) {
        double[] taps = new double[2 * HALF_TAPS + 1];
        for (int i = 0; i < taps.length; i++) {
            int n = i - HALF_TAPS;
            double ideal = n == 0
                    ? 2 * (HIGH - LOW)
                    : (Math.sin(2 * Math.PI * HIGH * n) - Math.sin(2 * Math.PI * LOW * n)) / (Math.PI * n);
            taps[i] = ideal * (0.54 + 0.46 * Math.cos(Math.PI * n / HALF_TAPS));
        }
        double[] out = new double[sound.length];
        for (int i = 0; i < sound.length; i++) {
            double sum = 0;
            for (int k = Math.max(0, i + HALF_TAPS - sound.length + 1);
                    k < taps.length && i + HALF_TAPS - k >= 0;
                    k++) {
                sum += taps[k] * sound[i + HALF_TAPS - k];
            }
            out[i] = sum;
        }
        return out;
    }
}
