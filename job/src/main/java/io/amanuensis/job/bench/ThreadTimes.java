package io.amanuensis.job.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Processor time of the threads that live, the JVM's own among them. (Its management beans tell the time that passed while it
 * compiled and collected, which on a busy machine is longer.)
 */
final class ThreadTimes {
    private static final Path THREADS = Path.of("/proc/self/task");

    /** What Linux counts in, towards programs, on every processor this runs on: USER_HZ. */
    private static final long TICKS_PER_SECOND = 100;

    /** Of what follows the name in a thread's stat file: utime and stime are the 14th and 15th field, the name is the 2nd. */
    private static final int USER_TICKS = 11;

    private static final int SYSTEM_TICKS = 12;

    private record ThreadTime(String name, long nanos) {}

    private final List<ThreadTime> threads;

    private ThreadTimes(List<ThreadTime> threads) {
        this.threads = threads;
    }

    /** @throws UncheckedIOException where there is no /proc file system */
    static ThreadTimes now() {
        List<ThreadTime> threads = new ArrayList<>();
        try (Stream<Path> folders = Files.list(THREADS)) {
            for (Path folder : (Iterable<Path>) folders::iterator) {
                try {
                    threads.add(parse(Files.readString(folder.resolve("stat"))));
                } catch (NoSuchFileException e) {
                    continue; // ended meanwhile
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ThreadTimes(threads);
    }

    /** Together, in ns, of threads whose names begin so; Linux knows the first 15 characters of a name. */
    long ofThose(String... nameBegins) {
        return threads.stream()
                .filter(thread -> Stream.of(nameBegins).anyMatch(thread.name()::startsWith))
                .mapToLong(ThreadTime::nanos)
                .sum();
    }

    private static ThreadTime parse(String stat) {
        int nameEnd = stat.lastIndexOf(')');
        String[] fields = stat.substring(nameEnd + 2).split(" ");
        long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
        return new ThreadTime(
                stat.substring(stat.indexOf('(') + 1, nameEnd), ticks * TimeUnit.SECONDS.toNanos(1) / TICKS_PER_SECOND);
    }
}
