package io.amanuensis.job.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Processor time of the threads that live, the JVM's own and those of native code among them. (The JVM's management beans tell the
 * time that passed while it compiled and collected, which on a busy machine is longer.)
 */
final class ThreadTimes {
    private static final Path THREADS = Path.of("/proc/self/task");

    /** What Linux counts in, towards programs, on every processor this runs on: USER_HZ. */
    private static final long TICKS_PER_SECOND = 100;

    /** Of what follows the name in a thread's stat file: utime and stime are the 14th and 15th field, the name is the 2nd. */
    private static final int USER_TICKS = 11;

    private static final int SYSTEM_TICKS = 12;

    private record ThreadTime(String name, long nanos) {}

    /** By Linux's number of the thread. */
    private final Map<String, ThreadTime> threads;

    private ThreadTimes(Map<String, ThreadTime> threads) {
        this.threads = threads;
    }

    /** @throws UncheckedIOException where there is no /proc file system */
    static ThreadTimes now() {
        Map<String, String> stats = new HashMap<>();
        try (Stream<Path> folders = Files.list(THREADS)) {
            for (Path folder : (Iterable<Path>) folders::iterator) {
                try {
                    stats.put(folder.getFileName().toString(), Files.readString(folder.resolve("stat")));
                } catch (NoSuchFileException e) {
                    continue; // ended meanwhile
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return of(stats);
    }

    /** @param stats what Linux says of each thread, by its number */
    static ThreadTimes of(Map<String, String> stats) {
        Map<String, ThreadTime> threads = new HashMap<>();
        stats.forEach((number, stat) -> threads.put(number, parse(stat)));
        return new ThreadTimes(threads);
    }

    /**
     * In ns, what living threads have taken since then, those that began meanwhile all of it. What threads took that have ended is in
     * the process's time only.
     *
     * @param named takes names as Linux knows them, the first 15 characters
     */
    long since(ThreadTimes begin, Predicate<String> named) {
        return threads.entrySet().stream()
                .filter(thread -> named.test(thread.getValue().name()))
                .mapToLong(thread -> thread.getValue().nanos() - begin.nanosOf(thread.getKey()))
                .sum();
    }

    private long nanosOf(String number) {
        ThreadTime thread = threads.get(number);
        return thread == null ? 0 : thread.nanos();
    }

    private static ThreadTime parse(String stat) {
        int nameEnd = stat.lastIndexOf(')');
        String[] fields = stat.substring(nameEnd + 2).split(" ");
        long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
        return new ThreadTime(
                stat.substring(stat.indexOf('(') + 1, nameEnd), ticks * TimeUnit.SECONDS.toNanos(1) / TICKS_PER_SECOND);
    }
}
