package io.amanuensis.job.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * What this process has taken up to a moment.
 *
 * @param nanoTime of {@link System#nanoTime}
 * @param cpuNanos of all threads, Java's and others
 * @param compilerNanos that the JVM's compilers have worked, part of {@code cpuNanos}
 * @param collectorNanos that its garbage collectors have worked
 */
record ProcessUse(long nanoTime, long cpuNanos, long compilerNanos, long collectorNanos) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

    static ProcessUse now() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long compilerMs = ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
        long collectorMs = ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
        return new ProcessUse(
                System.nanoTime(),
                system.getProcessCpuTime(),
                TimeUnit.MILLISECONDS.toNanos(compilerMs),
                TimeUnit.MILLISECONDS.toNanos(collectorMs));
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
