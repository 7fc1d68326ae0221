package io.amanuensis.operators.device;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Keeps calls away from a device that fails. Closed, it lets all through and opens after some failures in a row. Open, it lets none
 * through for a while; half-open, a few probes: it closes when all of them have succeeded and opens again when one fails.
 * Quarantined, it lets none through for good: a device that computes wrong numbers without an error is for a person to look at.
 *
 * <p>Thread-safe. The lock is held to look at the state and never during a call: whoever calls takes a {@link Permit}, calls,
 * and says how it went. What a permit of an earlier period says is too late to count.
 */
public final class Breaker {
    /** In the order of the gauge: 0 to 3. */
    public enum State {
        CLOSED,
        HALF_OPEN,
        OPEN,
        QUARANTINED
    }

    /** Told after each change, without the lock. */
    public interface Listener {
        void changed(State from, State to);
    }

    private final BreakerSettings settings;
    private final LongSupplier clockMs;
    private final BooleanSupplier foundWrong;
    private final Listener listener;
    private State state = State.CLOSED;
    private long period; // since the last change of state
    private long openedAtMs;
    private int failures; // in a row, while closed
    private int probes; // let through, while half-open
    private int provedGood;

    /**
     * @param clockMs never goes back
     * @param foundWrong asked before each call: whether others, who have breakers of their own, have seen the device compute wrong numbers
     */
    public Breaker(BreakerSettings settings, LongSupplier clockMs, BooleanSupplier foundWrong, Listener listener) {
        this.settings = settings;
        this.clockMs = clockMs;
        this.foundWrong = foundWrong;
        this.listener = listener;
    }

    /** One call that was let through. Its first word counts. */
    public final class Permit {
        private final long issuedIn;
        private boolean used;

        private Permit(long issuedIn) {
            this.issuedIn = issuedIn;
        }

        public void succeeded() {
            end(this, Breaker.this::countSuccess);
        }

        /** The device failed or took too long. */
        public void failed() {
            end(this, Breaker.this::countFailure);
        }

        /** The call says nothing about the device: its input was bad, or it was cancelled. */
        public void abandoned() {
            end(this, Breaker.this::takeBack);
        }
    }

    /** Leave to call the device once, unless the breaker is in the way. */
    public Optional<Permit> tryAcquire() {
        State before;
        State after;
        Optional<Permit> permit;
        synchronized (this) {
            before = state;
            if (state != State.QUARANTINED && foundWrong.getAsBoolean()) {
                enter(State.QUARANTINED);
            }
            if (state == State.OPEN
                    && clockMs.getAsLong() - openedAtMs >= settings.openTime().toMillis()) {
                probes = 0;
                provedGood = 0;
                enter(State.HALF_OPEN);
            }
            permit = isPassable() ? Optional.of(new Permit(period)) : Optional.empty();
            if (permit.isPresent() && state == State.HALF_OPEN) {
                probes++;
            }
            after = state;
        }
        tell(before, after);
        return permit;
    }

    /** What the device computed is wrong: nobody calls it again. */
    public void quarantine() {
        State before;
        synchronized (this) {
            before = state;
            if (state != State.QUARANTINED) {
                enter(State.QUARANTINED);
            }
        }
        tell(before, State.QUARANTINED);
    }

    public synchronized State state() {
        return state;
    }

    private boolean isPassable() {
        return state == State.CLOSED || (state == State.HALF_OPEN && probes < settings.probes());
    }

    private void end(Permit permit, Runnable count) {
        State before;
        State after;
        synchronized (this) {
            before = state;
            if (!permit.used && permit.issuedIn == period) {
                count.run();
            }
            permit.used = true;
            after = state;
        }
        tell(before, after);
    }

    private void countSuccess() {
        if (state == State.CLOSED) {
            failures = 0;
        } else {
            provedGood++;
            if (provedGood == settings.probes()) {
                failures = 0;
                enter(State.CLOSED);
            }
        }
    }

    private void countFailure() {
        if (state == State.CLOSED) {
            failures++;
        }
        if (state == State.HALF_OPEN || failures == settings.failures()) {
            openedAtMs = clockMs.getAsLong();
            enter(State.OPEN);
        }
    }

    private void takeBack() {
        if (state == State.HALF_OPEN) {
            probes--;
        }
    }

    private void enter(State next) {
        state = next;
        period++;
    }

    private void tell(State before, State after) {
        if (before != after) {
            listener.changed(before, after);
        }
    }
}
