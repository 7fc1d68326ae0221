package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Deadlines, cancellation and what other threads may do meanwhile, with an encode that holds on for as long as it is let. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallTest {
    private static final int HOLD_MS = 5_000;
    private static final Duration LONG = Duration.ofHours(1);

    private Model model;
    private Session session;
    private Call call;
    private List<float[]> mels;

    @BeforeEach
    void open() {
        model = Model.open(null, ModelOptions.echo().withEchoHoldMs(HOLD_MS));
        session = model.openSession();
        call = Call.open();
        mels = List.of(Sounds.melOf(session, Sounds.noise(1, 16_000)));
    }

    @AfterEach
    void close() {
        call.close();
        session.close();
        model.close();
    }

    @Test
    void aDeadlineEndsTheCall() {
        long startNs = System.nanoTime();
        call.start(Duration.ofMillis(100));
        EngineException stopped = catchThrowableOfType(EngineException.class, () -> session.encode(mels, call));
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);

        assertThat(stopped.status()).isEqualTo(Status.DEADLINE);
        assertThat(stopped.fault()).isEqualTo(Status.Fault.STOPPED);
        // Below, the deadline would not have been kept; above, the hold would have ended by itself.
        assertThat(tookMs).isBetween(100L, HOLD_MS - 1L);
    }

    @Test
    void theSessionWorksOnAfterADeadline() {
        call.start(Duration.ofMillis(1));
        assertThatThrownBy(() -> session.encode(mels, call)).isInstanceOf(EngineException.class);

        assertThat(Sounds.melOf(session, Sounds.noise(1, 16_000))).isEqualTo(mels.get(0));
    }

    @Test
    void anotherThreadCancels() throws Exception {
        CompletableFuture<List<byte[]>> encoding = encodeInBackground();
        call.cancel();

        assertStatus(encoding, Status.CANCELLED);
    }

    @Test
    void startingClearsACancellation() {
        call.start(LONG);
        call.cancel();
        call.start(Duration.ofMillis(1));

        assertThatThrownBy(() -> session.encode(mels, call)).hasMessageContaining(Status.DEADLINE.name());
    }

    @Test
    void aSecondThreadIsTurnedAway() throws Exception {
        CompletableFuture<List<byte[]>> encoding = encodeInBackground();
        awaitBusy();
        assertThatThrownBy(() -> session.encode(mels, null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("one thread at a time");
        assertThat(session.memoryBytes()).isPositive();
        call.cancel();

        assertStatus(encoding, Status.CANCELLED);
    }

    @Test
    void closingEverythingDuringACallWaitsForNothingAndFreesAtItsEnd() throws Exception {
        CompletableFuture<List<byte[]>> encoding = encodeInBackground();
        awaitBusy();
        model.close();
        session.close();
        assertThat(session.handle().isFreed()).isFalse();
        assertThat(model.handle().isFreed()).isFalse();
        call.cancel();
        call.close();

        assertStatus(encoding, Status.CANCELLED);
        assertThat(session.handle().isFreed()).isTrue();
        assertThat(model.handle().isFreed()).isTrue();
        assertThat(call.handle().isFreed()).isTrue();
    }

    @Test
    void aTimeoutOutsideItsRangeIsAnArgumentFault() {
        assertThatThrownBy(() -> call.start(Duration.ZERO))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.status()).isEqualTo(Status.ARGUMENT));
    }

    private CompletableFuture<List<byte[]>> encodeInBackground() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CompletableFuture<List<byte[]>> encoding = CompletableFuture.supplyAsync(() -> {
            call.start(LONG);
            started.countDown();
            return session.encode(mels, call);
        });
        started.await();
        return encoding;
    }

    private void awaitBusy() {
        while (!session.isBusy()) {
            Thread.onSpinWait();
        }
    }

    private static void assertStatus(CompletableFuture<?> encoding, Status status) {
        assertThatThrownBy(encoding::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.status()).isEqualTo(status));
    }
}
