package io.amanuensis.job.play;

import io.amanuensis.job.files.Carriage;

/**
 * What is played.
 *
 * @param run begins the ids of its calls, so that two runs are not taken for one
 * @param lines calls at the same time
 * @param callsPerLine one after another
 * @param speed times real time, above 0; infinite to send as fast as Kafka takes it
 * @param rampMs within which the lines begin one after another, so that they do not all speak in step
 * @param segmentMs of each segment
 * @param hold null for {@code lines} calls at the same time; else as many, {@code lines} at most, as keep the machine busy, each line
 *     of one call
 */
public record PlaySettings(
        String run,
        int lines,
        int callsPerLine,
        double speed,
        long rampMs,
        int segmentMs,
        Carriage carriage,
        Faults faults,
        long seed,
        Hold hold) {
    private static final int MOST_LINES = 10_000;
    private static final int LONGEST_SEGMENT_MS = 60_000;
    private static final long LONGEST_RAMP_MS = 3_600_000;

    private static final long LONGEST_HOLD_MS = 86_400_000;

    /**
     * How busy the machine is to be.
     *
     * @param busy share of its processors, above 0 to 1
     * @param forMs from the beginning of the playing, after which it ends
     */
    public record Hold(double busy, long forMs) {
        public Hold {
            if (!(busy > 0 && busy <= 1)) {
                throw new IllegalArgumentException("busy: %s; legal: above 0, to 1".formatted(busy));
            }
            requireRange("for", forMs, 1, LONGEST_HOLD_MS);
        }
    }

    /** So many lines. */
    public PlaySettings(
            String run,
            int lines,
            int callsPerLine,
            double speed,
            long rampMs,
            int segmentMs,
            Carriage carriage,
            Faults faults,
            long seed) {
        this(run, lines, callsPerLine, speed, rampMs, segmentMs, carriage, faults, seed, null);
    }

    public PlaySettings {
        if (run.isBlank() || run.length() > 64 || run.contains("/")) {
            throw new IllegalArgumentException("run: '%s'; legal: 1 to 64 characters without '/'".formatted(run));
        }
        requireRange("calls", lines, 1, MOST_LINES);
        requireRange("repeat", callsPerLine, 1, 1000);
        requireRange("ramp", rampMs, 0, LONGEST_RAMP_MS);
        requireRange("segment-ms", segmentMs, 10, LONGEST_SEGMENT_MS);
        if (!(speed > 0)) {
            throw new IllegalArgumentException("speed: %s; legal: above 0".formatted(speed));
        }
        if (hold != null && Double.isInfinite(speed)) {
            throw new IllegalArgumentException(
                    "speed: max; legal with busy: a number, so that there is a load to hold");
        }
    }

    /** Whether the calls are played in a time of their own, and not as fast as Kafka takes them. */
    public boolean paced() {
        return !Double.isInfinite(speed);
    }

    /** How long the playing of so much sound takes; as if at speed 1 if unpaced. */
    long wallMs(long audioMs) {
        return paced() ? Math.round(audioMs / speed) : audioMs;
    }

    private static void requireRange(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s: %d; legal: %d to %d".formatted(name, value, least, most));
        }
    }
}
