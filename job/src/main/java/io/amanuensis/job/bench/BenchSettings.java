package io.amanuensis.job.bench;

/**
 * How much is put through the job.
 *
 * @param calls of one channel each, all spoken at the same time
 * @param windowsPerCall windows of speech of each call
 * @param warmUpWindows windows until the clock starts
 * @param coolDownWindows windows at the end that are not measured: as the job runs out of work its batches get smaller
 */
public record BenchSettings(int calls, int windowsPerCall, int warmUpWindows, int coolDownWindows) {
    public BenchSettings {
        requireRange("calls", calls, 1, 10_000);
        requireRange("windows per call", windowsPerCall, 1, 10_000);
        requireRange("warm-up windows", warmUpWindows, 1, calls * windowsPerCall - 1);
        requireRange("cool-down windows", coolDownWindows, 0, calls * windowsPerCall - warmUpWindows - 1);
    }

    int windows() {
        return calls * windowsPerCall;
    }

    private static void requireRange(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s: %d; legal: %d to %d".formatted(name, value, least, most));
        }
    }
}
