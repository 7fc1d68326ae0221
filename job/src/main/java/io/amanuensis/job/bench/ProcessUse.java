package io.amanuensis.job.bench;

import com.sun.management.OperatingSystemMXBean;
import io.amanuensis.engine.Engine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * What this process has taken up to a moment.
 *
 * @param nanoTime of {@link System#nanoTime}
 * @param cpuNanos processor time of all threads, Java's and others
 * @param nativeNanos part of it: computation of the native library
 * @param times the same by thread
 */
record ProcessUse(long nanoTime, long cpuNanos, long nativeNanos, ThreadTimes times) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

    /** @throws java.io.UncheckedIOException where there is no /proc file system */
    static ProcessUse now() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new ProcessUse(
                System.nanoTime(), system.getProcessCpuTime(), Engine.busyTime().toNanos(), ThreadTimes.now());
    }

    /** What has been taken since. */
    BenchResult.Cpu since(ProcessUse begin) {
        double computing = (nativeNanos - begin.nativeNanos) / 1e9;
        Map<Work, Double> works = new EnumMap<>(Work.class);
        for (Work work : Work.values()) {
            double seconds = times.since(begin.times, work::isOf) / 1e9;
            works.put(work, work == Work.STAGES ? seconds - computing : seconds);
        }
        return BenchResult.Cpu.of((cpuNanos - begin.cpuNanos) / 1e9, computing, works);
    }

    /** The most memory that was resident at a time, in bytes. @throws IOException where there is no /proc file system */
    static long residentPeakBytes() throws IOException {
        return 1024 * Long.parseLong(field(STATUS, "VmHWM").replace(" kB", ""));
    }

    static int threads() throws IOException {
        return Integer.parseInt(field(STATUS, "Threads"));
    }

    /** The name that the processor gives itself, or its architecture if it has none. */
    static String processor() throws IOException {
        String name = field(PROCESSOR, "model name");
        return name.isEmpty() ? System.getProperty("os.arch") : name;
    }

    /** Of lines like {@code name: value}; empty if there is none of that name. */
    private static String field(Path file, String name) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
    }
}
