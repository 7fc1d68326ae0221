package io.amanuensis.operators.encode;

import java.io.Serializable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Time, and waiting for it to pass. */
interface Patience extends Serializable {

    /** Never goes back. */
    long nowMs();

    /** @throws CancellationException soon after {@link #end} */
    void await(long ms) throws InterruptedException;

    /** Any thread: nobody waits any longer. */
    void end();

    /** The system's clock. */
    final class OfSystem implements Patience {
        private static final long serialVersionUID = 1;

        private transient CountDownLatch ended;

        @Override
        public long nowMs() {
            return System.nanoTime() / 1_000_000;
        }

        @Override
        public void await(long ms) throws InterruptedException {
            if (ended().await(ms, TimeUnit.MILLISECONDS)) {
                throw new CancellationException("encode was cancelled while windows waited for the device");
            }
        }

        @Override
        public void end() {
            ended().countDown();
        }

        private synchronized CountDownLatch ended() {
            if (ended == null) {
                ended = new CountDownLatch(1);
            }
            return ended;
        }
    }
}
