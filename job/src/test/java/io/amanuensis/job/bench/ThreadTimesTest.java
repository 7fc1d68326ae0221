package io.amanuensis.job.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
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

        long taken = worked.get().ofThose("work (er)") - before.ofThose("work (er)");
        assertThat(taken).isGreaterThan(8 * TICK_NANOS);
        assertThat(worked.get().ofThose("work (or)")).isZero();
        assertThat(worked.get().ofThose("C1 ", "C2 ")).as("the JVM's compilers").isPositive();
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
