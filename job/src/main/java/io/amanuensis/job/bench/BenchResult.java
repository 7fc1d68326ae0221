package io.amanuensis.job.bench;

import java.util.EnumMap;
import java.util.Map;

/**
 * What the job did while the clock ran, and what it took.
 *
 * @param date UTC
 * @param libraryBuild version and compiler of the native library, instruction set and precision that computed
 * @param windows published while the clock ran
 * @param audioSeconds of those windows
 * @param wallSeconds that the clock ran
 * @param nativeThreads that the native library computes with at once
 * @param audioSecondsPerSecond how many times faster than life
 * @param audioSecondsPerSecondPerCore the same, for each processor that the JVM sees
 * @param stageMs wall time of a window in each stage, mean; a batch counts for each of its windows in equal parts
 * @param tokensPerWindow mean
 * @param cpuSeconds of the process while the clock ran
 * @param cpuMsPerAudioSecond the same for a second of sound, in ms
 * @param cpuShares the same as parts of the total
 * @param residentPeakBytes since the process began
 * @param threads at the end
 */
public record BenchResult(
        String date,
        String processor,
        int cores,
        int nativeThreads,
        String model,
        String modelHash,
        String libraryBuild,
        int parallelism,
        String stateBackend,
        int calls,
        int windowsPerCall,
        int warmUpWindows,
        int coolDownWindows,
        int windows,
        double audioSeconds,
        double wallSeconds,
        double audioSecondsPerSecond,
        double audioSecondsPerSecondPerCore,
        StageMs stageMs,
        double tokensPerWindow,
        Cpu cpuSeconds,
        Cpu cpuMsPerAudioSecond,
        Cpu cpuShares,
        long residentPeakBytes,
        int threads) {

    /**
     * CPU time, and who took it.
     *
     * @param total of the process
     * @param computing in the native library
     * @param rest of it: Flink, Kafka and Java
     * @param works the rest by what it is for
     * @param other of the rest: what no work's threads took, and threads that have ended
     */
    public record Cpu(double total, double computing, double rest, Map<Work, Double> works, double other) {
        static Cpu of(double total, double computing, Map<Work, Double> works) {
            double rest = total - computing;
            double told =
                    works.values().stream().mapToDouble(Double::doubleValue).sum();
            return new Cpu(total, computing, rest, works, rest - told);
        }

        Cpu times(double factor) {
            Map<Work, Double> multiplied = new EnumMap<>(works);
            multiplied.replaceAll((work, value) -> value * factor);
            return new Cpu(total * factor, computing * factor, rest * factor, multiplied, other * factor);
        }

        /** Of the rest in the total, both without the JVM's compilers. */
        public double restShareOnceCompiled() {
            double compiling = works.get(Work.COMPILING);
            return (rest - compiling) / (total - compiling);
        }
    }

    /** Wall time of a window, ms. */
    public record StageMs(double featurize, double encode, double decode, double align) {}
}
