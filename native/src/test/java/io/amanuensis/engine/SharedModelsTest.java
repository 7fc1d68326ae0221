package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedModelsTest {
    private static final ModelOptions ECHO = ModelOptions.echo();

    @Test
    void equalRequestsShareAModelUntilTheLastLeaseEnds() {
        SharedModels.Lease first = SharedModels.acquire(null, ECHO);
        SharedModels.Lease second = SharedModels.acquire(null, ModelOptions.echo());
        Model model = first.model();
        assertThat(second.model()).isSameAs(model);

        first.close();
        first.close();
        assertThat(model.handle().isFreed()).isFalse();
        second.close();
        assertThat(model.handle().isFreed()).isTrue();
        assertThatThrownBy(first::model)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("lease");

        try (SharedModels.Lease third = SharedModels.acquire(null, ECHO)) {
            assertThat(third.model()).isNotSameAs(model);
            assertThat(third.model().handle().isClosed()).isFalse();
        }
    }

    @Test
    void otherOptionsAreAnotherModel() {
        try (SharedModels.Lease first = SharedModels.acquire(null, ECHO);
                SharedModels.Lease second = SharedModels.acquire(null, ECHO.withEchoHoldMs(1))) {
            assertThat(second.model()).isNotSameAs(first.model());
        }
    }

    @Test
    void aSessionOutlivesTheLease() {
        SharedModels.Lease lease = SharedModels.acquire(null, ECHO);
        try (Session session = lease.model().openSession()) {
            lease.close();
            assertThat(Sounds.melOf(session, Sounds.noise(1, 16_000))).isNotEmpty();
        }
    }

    @Test
    void aFailureIsEachCallersOwnAndNotRemembered() {
        int before = SharedModels.count();
        ModelOptions unknown = new ModelOptions(
                "abacus", "auto", "auto", ModelOptions.AudioContext.FULL, "auto", 0, DeviceOptions.NONE);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> SharedModels.acquire(null, unknown))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.status()).isEqualTo(Status.OPTION));
        }
        assertThatThrownBy(() -> SharedModels.acquire(Path.of("no-such-folder"), ModelOptions.cpu()))
                .hasMessageContaining("no-such-folder");
        assertThat(SharedModels.count()).isEqualTo(before);
    }

    @Test
    void aRaceOpensOneModelARound() throws Exception {
        int threads = 4;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        CyclicBarrier allHold = new CyclicBarrier(threads);
        Callable<Model> acquireTogether = () -> {
            try (SharedModels.Lease lease = SharedModels.acquire(null, ECHO)) {
                allHold.await();
                return lease.model();
            }
        };
        try {
            for (int round = 0; round < 50; round++) {
                Set<Model> models = Collections.newSetFromMap(new IdentityHashMap<>());
                for (Future<Model> future : executor.invokeAll(Collections.nCopies(threads, acquireTogether))) {
                    models.add(future.get());
                }
                assertThat(models).hasSize(1);
                assertThat(models.iterator().next().handle().isFreed()).isTrue();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void acquiringWhileOthersReleaseNeverGivesAClosedModel() throws Exception {
        int threads = 4;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        Callable<Void> churn = () -> {
            for (int i = 0; i < 100; i++) {
                try (SharedModels.Lease lease = SharedModels.acquire(null, ECHO)) {
                    assertThat(lease.model().handle().isClosed()).isFalse();
                }
            }
            return null;
        };
        try {
            List<Future<Void>> futures = new ArrayList<>(executor.invokeAll(Collections.nCopies(threads, churn)));
            for (Future<Void> future : futures) {
                future.get();
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
