package io.amanuensis.job.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ThreadTimesTest {
    private static final long TICK_NANOS = 10_000_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @Test
    void workOfAThreadShowsUnderItsNameAndNoOther() throws InterruptedException {
        AtomicReference<ThreadTimes> worked = new AtomicReference<>();
        CountDownLatch begin = new CountDownLatch(1);
        Thread worker = new Thread(() -> worked.set(work(begin)), "work (er) 1");
        worker.start();
        ThreadTimes before = ThreadTimes.now();
        begin.countDown();
        worker.join();

        assertThat(worked.get().since(before, name -> name.startsWith("work (er)")))
                .isGreaterThan(8 * TICK_NANOS);
        assertThat(worked.get().since(before, name -> name.startsWith("work (or)")))
                .isZero();
        assertThat(worked.get().since(worked.get(), name -> true)).isZero();
    }

    @Test
    void theJvmsCompilersAreFoundAndNoThreadWorksAtTwoThings() throws IOException {
        assertThat(Work.COMPILING.isOf("C2 CompilerThre")).isTrue();
        assertThat(Work.STAGES.isOf("encode featuriz")).isTrue();
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            List<String> names = threads.map(ThreadTimesTest::name).toList();
            assertThat(names).anyMatch(Work.COMPILING::isOf);
            for (String name : names) {
                assertThat(Arrays.stream(Work.values()).filter(work -> work.isOf(name)))
                        .as(name)
                        .hasSizeLessThan(2);
            }
        }
    }

    private static String name(Path thread) {
        try {
            return Files.readString(thread.resolve("comm")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ThreadTimes work(CountDownLatch begin) {
        try {
            begin.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        long end = THREADS.getCurrentThreadCpuTime() + 10 * TICK_NANOS;
        while (THREADS.getCurrentThreadCpuTime() < end) {
            Thread.onSpinWait();
        }
        return ThreadTimes.now();
    }
}
