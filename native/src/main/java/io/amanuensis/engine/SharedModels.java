package io.amanuensis.engine;

import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One model a JVM, whatever the number of jobs and subtasks: those that ask for the same folder and options share it, and it is
 * closed with the last lease. (Shared among the users of one class loader: keep this module's jar in Flink's {@code lib/}.)
 */
public final class SharedModels {
    private static final ConcurrentMap<Key, Shared> MODELS = new ConcurrentHashMap<>();

    private SharedModels() {}

    /**
     * The model in a folder, opened if nobody holds it. Those who ask for the same model meanwhile wait for it, others do not; an
     * attempt that fails is not remembered.
     *
     * @param folder as in {@link Model#open}; symbolic links are resolved before models are compared
     * @throws EngineException as {@link Model#open} does
     */
    public static Lease acquire(Path folder, ModelOptions options) {
        Key key = new Key(folder == null ? null : ModelFolder.real(folder), options);
        while (true) {
            Lease lease = MODELS.computeIfAbsent(key, Shared::new).lease();
            if (lease != null) {
                return lease;
            }
        }
    }

    /** How many models are open or being opened. */
    static int count() {
        return MODELS.size();
    }

    /** A share in a model. The model must not be closed by its users; sessions should be closed before the lease. */
    public static final class Lease implements AutoCloseable {
        private final Shared shared;
        private final Model model;
        private final AtomicBoolean returned = new AtomicBoolean();

        private Lease(Shared shared, Model model) {
            this.shared = shared;
            this.model = model;
        }

        /** The shared model. */
        public Model model() {
            if (returned.get()) {
                throw new IllegalStateException("This lease of model " + model.name() + " is closed");
            }
            return model;
        }

        /** Gives the share back. Closing again does nothing. */
        @Override
        public void close() {
            if (returned.compareAndSet(false, true)) {
                shared.giveBack();
            }
        }
    }

    private record Key(Path folder, ModelOptions options) {}

    /** A model and its leases, under a lock of its own. It leaves the map for good when opening fails or the last lease ends. */
    private static final class Shared {
        private final Key key;
        private Model model;
        private int leases;
        private boolean retired;

        Shared(Key key) {
            this.key = key;
        }

        /** A lease, or null if this has been retired and another must be asked. */
        synchronized Lease lease() {
            if (retired) {
                return null;
            }
            if (model == null) {
                try {
                    model = Model.open(key.folder(), key.options());
                } catch (RuntimeException e) {
                    retire();
                    throw e;
                }
            }
            leases++;
            return new Lease(this, model);
        }

        synchronized void giveBack() {
            leases--;
            if (leases == 0) {
                retire();
                model.close();
            }
        }

        private void retire() {
            retired = true;
            MODELS.remove(key, this);
        }
    }
}
