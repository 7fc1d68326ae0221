package io.amanuensis.operators.engine;

import io.amanuensis.engine.Call;
import io.amanuensis.engine.EngineException;
import io.amanuensis.engine.Status;
import java.time.Duration;
import java.util.function.Function;

/**
 * What accompanies the advances of an engine's decoders: an interruption ends one of them, a cancellation that and all later ones.
 * It outlives the decoders, so that an interruption that was meant for one of them and comes late is only for nothing.
 */
final class AdvanceCall implements AutoCloseable {
    private final Call call = Call.open();
    private volatile boolean interrupted;
    private volatile boolean cancelled;

    /** @param whenInterrupted returned then; the library has kept the windows as they were after their last whole step */
    <R> R run(Duration timeout, Function<Call, R> advance, R whenInterrupted) {
        call.start(timeout);
        if (interrupted || cancelled) {
            call.cancel(); // start forgets a cancellation that came just before it
        }
        try {
            return advance.apply(call);
        } catch (EngineException e) {
            if (e.status() == Status.CANCELLED && !cancelled) {
                return whenInterrupted;
            }
            throw e;
        } finally {
            interrupted = false;
        }
    }

    /** Any thread. */
    void interrupt() {
        interrupted = true;
        call.cancel();
    }

    /** Any thread. */
    void cancel() {
        cancelled = true;
        call.cancel();
    }

    @Override
    public void close() {
        call.close();
    }
}
