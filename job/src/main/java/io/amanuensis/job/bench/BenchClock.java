package io.amanuensis.job.bench;

import io.amanuensis.schemas.StageDurations;
import io.amanuensis.schemas.Transcript;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Sees windows as they are published: lets the first pass, measures, and lets the last pass. */
final class BenchClock {
    private final int warmUpWindows;
    private final int measuredUntil;
    private final Supplier<ProcessUse> use;
    private final List<Transcript> measured = new ArrayList<>();
    private int seen;
    private ProcessUse start;
    private ProcessUse end;

    /**
     * @param measuredUntil how many have been published when the clock ends, warm-up included
     * @param use asked at the beginning and at the end only: reading the times of all threads takes time itself
     */
    BenchClock(int warmUpWindows, int measuredUntil, Supplier<ProcessUse> use) {
        this.warmUpWindows = warmUpWindows;
        this.measuredUntil = measuredUntil;
        this.use = use;
    }

    /** @param published together, as far as can be told */
    void see(List<Transcript> published) {
        if (published.isEmpty()) {
            return;
        }
        seen += published.size();
        if (start == null) {
            start = seen >= warmUpWindows ? use.get() : null;
        } else if (end == null) {
            measured.addAll(published);
            end = seen >= measuredUntil ? use.get() : null;
        }
    }

    int seen() {
        return seen;
    }

    /** Windows while the clock ran. */
    int windows() {
        return measured.size();
    }

    double audioSeconds() {
        return measured.stream()
                        .mapToLong(window -> window.getEndMs() - window.getStartMs())
                        .sum()
                / 1e3;
    }

    double tokensPerWindow() {
        return measured.stream()
                .mapToInt(window -> window.getTokens().size())
                .average()
                .orElseThrow();
    }

    BenchResult.StageMs stageMs() {
        double[] sums = new double[4];
        for (Transcript window : measured) {
            StageDurations durations = window.getStageDurations();
            sums[0] += durations.getFeaturizeMs();
            sums[1] += durations.getEncodeMs();
            sums[2] += durations.getDecodeMs();
            sums[3] += durations.getAlignMs();
        }
        int windows = measured.size();
        return new BenchResult.StageMs(sums[0] / windows, sums[1] / windows, sums[2] / windows, sums[3] / windows);
    }

    double wallSeconds() {
        return (end.nanoTime() - start.nanoTime()) / 1e9;
    }

    BenchResult.Cpu cpuSeconds() {
        return end.since(start);
    }
}
