package io.amanuensis.job.bench;

/**
 * What the job did while the clock ran, and what it took.
 *
 * @param date UTC
 * @param libraryBuild version, compiler and instruction set of the native library
 * @param windows published while the clock ran
 * @param audioSeconds of those windows
 * @param wallSeconds that the clock ran
 * @param audioSecondsPerSecond how many times faster than life
 * @param audioSecondsPerSecondPerCore the same, for each processor that the JVM sees
 * @param stageMs wall time of a window in each stage, mean; a batch counts for each of its windows in equal parts
 * @param tokensPerWindow mean
 * @param cpuSeconds of the process while the clock ran
 * @param cpuMsPerAudioSecond CPU time for a second of sound
 * @param compilerSeconds that the JVM's compilers worked meanwhile: much of it says that the warm-up was short
 * @param collectorSeconds that its garbage collectors worked
 * @param residentPeakBytes since the process began
 * @param threads at the end
 */
public record BenchResult(
        String date,
        String processor,
        int cores,
        String model,
        String modelHash,
        String libraryBuild,
        int parallelism,
        String stateBackend,
        int calls,
        int windowsPerCall,
        int warmUpWindows,
        int windows,
        double audioSeconds,
        double wallSeconds,
        double audioSecondsPerSecond,
        double audioSecondsPerSecondPerCore,
        StageMs stageMs,
        double tokensPerWindow,
        double cpuSeconds,
        double cpuMsPerAudioSecond,
        double compilerSeconds,
        double collectorSeconds,
        long residentPeakBytes,
        int threads) {

    /** Wall time of a window, ms. */
    public record StageMs(double featurize, double encode, double decode, double align) {}
}
