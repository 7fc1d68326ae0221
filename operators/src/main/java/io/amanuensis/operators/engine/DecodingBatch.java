package io.amanuensis.operators.engine;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.engine.Decoding;
import io.amanuensis.engine.DecodingOptions;
import io.amanuensis.engine.EngineException;
import io.amanuensis.engine.Status;
import io.amanuensis.engine.Status.Fault;
import io.amanuensis.operators.element.WindowFailure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The running batch of a {@link RunningDecoder}, in which one bad window does not spoil its neighbours. For one thread at a time;
 * only {@link #interrupt} may come from another.
 *
 * <p>What is wrong with one window ends that window: an error of its own, or more time in the decoder than it may take. When the
 * decoder breaks down under all of them, another one is opened and each is tried again alone, from its beginning; nobody
 * joins until the last of them is through. A window under which it breaks down alone has failed.
 */
public final class DecodingBatch implements AutoCloseable {
    private static final Duration LEAST_TIMEOUT = Duration.ofMillis(1);

    private final String stage;
    private final int capacity;
    private final Duration timeout;
    private final Supplier<RunningDecoder> opener;
    private final Judge judge;
    private final EngineCounters counters;
    private final LongSupplier nanoClock;
    private final Map<Long, Window> active = new LinkedHashMap<>(); // by ticket
    private final ArrayDeque<Window> suspects = new ArrayDeque<>();
    private final List<Ended> ended = new ArrayList<>();
    private boolean trying; // a suspect alone
    private volatile RunningDecoder decoder;

    /** What is to become of a decoding. */
    public interface Judge {
        /** Whether it may stand; one that may not is decoded again with the window's next options. */
        boolean isGood(Decoding decoding);

        /** Whether the words of one that stands are to have times. */
        boolean wantsWords(Decoding decoding);
    }

    /**
     * How a window ended.
     *
     * @param decoding null if it failed
     * @param words null if they were not wanted or it failed
     * @param decodeMs of its time, the part that it does not share with its neighbours
     * @param failure null if decoded
     */
    public record Ended(
            long id,
            Decoding decoding,
            List<AlignedWord> words,
            double decodeMs,
            double alignMs,
            WindowFailure failure) {}

    private static final class Window {
        final long id;
        final byte[] states;
        final int sampleCount;
        final List<DecodingOptions> attempts;
        final boolean mayHaveWords;
        int attempt;
        long ticket;
        long deadlineNanos;
        double spentNanos;

        Window(long id, byte[] states, int sampleCount, List<DecodingOptions> attempts, boolean mayHaveWords) {
            this.id = id;
            this.states = states;
            this.sampleCount = sampleCount;
            this.attempts = attempts;
            this.mayHaveWords = mayHaveWords;
        }

        boolean isLastAttempt() {
            return attempt == attempts.size() - 1;
        }
    }

    /**
     * @param stage named in failures
     * @param capacity windows at a time
     * @param timeout how long a window may stay in the decoder, with all its attempts
     * @param opener of a decoder with room for so many windows; called when the first joins, and after a breakdown
     */
    public DecodingBatch(
            String stage,
            int capacity,
            Duration timeout,
            Supplier<RunningDecoder> opener,
            Judge judge,
            EngineCounters counters) {
        this(stage, capacity, timeout, opener, judge, counters, System::nanoTime);
    }

    DecodingBatch(
            String stage,
            int capacity,
            Duration timeout,
            Supplier<RunningDecoder> opener,
            Judge judge,
            EngineCounters counters,
            LongSupplier nanoClock) {
        this.stage = stage;
        this.capacity = capacity;
        this.timeout = timeout;
        this.opener = opener;
        this.judge = judge;
        this.counters = counters;
        this.nanoClock = nanoClock;
    }

    /** Whether another window may join now. True if there is none. */
    public boolean hasRoom() {
        return !trying && suspects.isEmpty() && active.size() < capacity;
    }

    /**
     * A window joins.
     *
     * @param id what {@link Ended} calls it
     * @param sampleCount of its sound; words do not end after it
     * @param attempts options to decode it with, one after the other as long as the result is not good; the last result stands
     */
    public void add(long id, byte[] states, int sampleCount, List<DecodingOptions> attempts) {
        add(id, states, sampleCount, attempts, true);
    }

    /**
     * The same.
     *
     * @param mayHaveWords false for text without word times, whatever the judge wants
     */
    public void add(long id, byte[] states, int sampleCount, List<DecodingOptions> attempts, boolean mayHaveWords) {
        join(new Window(id, states, sampleCount, attempts, mayHaveWords));
    }

    /**
     * Decodes until a window has ended, or for less.
     *
     * @throws EngineException what no window is to blame for
     */
    public List<Ended> advance() {
        if (active.isEmpty() && !suspects.isEmpty()) {
            trying = true;
            join(suspects.poll());
        }
        if (ended.isEmpty() && !active.isEmpty()) {
            step();
        }
        trying &= !active.isEmpty();
        List<Ended> result = List.copyOf(ended);
        ended.clear();
        return result;
    }

    /** Any thread: a running {@link #advance} returns soon. */
    public void interrupt() {
        RunningDecoder running = decoder;
        if (running != null) {
            running.interrupt();
        }
    }

    private void join(Window window) {
        long start = nanoClock.getAsLong();
        window.attempt = 0;
        window.deadlineNanos = start + timeout.toNanos();
        try {
            if (decoder == null) {
                decoder = opener.get();
            }
            window.ticket = decoder.add(window.states, window.attempts.get(0));
            active.put(window.ticket, window);
        } catch (EngineException e) {
            if (isBreakdown(e)) {
                breakDown(e, window);
            } else {
                fail(window, e);
            }
        }
        window.spentNanos += nanoClock.getAsLong() - start;
    }

    private void step() {
        long start = nanoClock.getAsLong();
        try {
            long[] tickets = decoder.advance(untilFirstDeadline(start));
            charge(start);
            for (long ticket : tickets) {
                Window window = active.get(ticket);
                if (window != null) { // unless the decoder has broken down since
                    conclude(window);
                }
            }
        } catch (EngineException e) {
            charge(start);
            if (e.status() == Status.DEADLINE) {
                expire(e);
            } else {
                breakDown(e, null);
            }
        }
    }

    private Duration untilFirstDeadline(long now) {
        Duration left = timeout;
        for (Window window : active.values()) {
            Duration of = Duration.ofNanos(window.deadlineNanos - now);
            left = of.compareTo(left) < 0 ? of : left;
        }
        // Whole milliseconds are what the library counts: rounded up, so that the window's time is over when they are.
        left = left.plusNanos(999_999);
        return left.compareTo(LEAST_TIMEOUT) < 0 ? LEAST_TIMEOUT : Duration.ofMillis(left.toMillis());
    }

    private void charge(long since) {
        double share = (double) (nanoClock.getAsLong() - since) / active.size();
        active.values().forEach(window -> window.spentNanos += share);
    }

    private void conclude(Window window) {
        try {
            Decoding decoding = decoder.result(window.ticket);
            if (window.isLastAttempt() || judge.isGood(decoding)) {
                long start = nanoClock.getAsLong();
                List<AlignedWord> words =
                        window.mayHaveWords && judge.wantsWords(decoding) ? align(window, decoding) : null;
                double alignMs = (nanoClock.getAsLong() - start) / 1e6;
                leave(window);
                ended.add(new Ended(window.id, decoding, words, window.spentNanos / 1e6, alignMs, null));
            } else {
                window.attempt++;
                decoder.retry(window.ticket, window.attempts.get(window.attempt));
            }
        } catch (EngineException e) {
            if (isBreakdown(e)) {
                breakDown(e, null);
            } else {
                leave(window);
                fail(window, e);
            }
        }
    }

    private List<AlignedWord> align(Window window, Decoding decoding) {
        return decoder.align(window.ticket, decoding.tokens(), window.sampleCount, decoding.language());
    }

    private void expire(EngineException e) {
        long now = nanoClock.getAsLong();
        List<Window> overdue = active.values().stream()
                .filter(window -> now - window.deadlineNanos >= 0)
                .toList();
        for (Window window : overdue) {
            leave(window);
            fail(window, e);
        }
    }

    private void leave(Window window) {
        active.remove(window.ticket);
        decoder.remove(window.ticket);
    }

    private void fail(Window window, EngineException e) {
        if (e.status() == Status.DEADLINE) {
            counters.timeouts().inc();
        }
        WindowFailure failure = EngineFailures.failureOf(stage, e);
        ended.add(new Ended(window.id, null, null, window.spentNanos / 1e6, 0, failure));
    }

    private static boolean isBreakdown(EngineException e) {
        return e.fault() == Fault.DEVICE || e.fault() == Fault.LIBRARY;
    }

    /** @param joining under whom it broke down as well, or null */
    private void breakDown(EngineException e, Window joining) {
        EngineFailures.failureOf(stage, e); // throws unless windows may be to blame
        List<Window> under = new ArrayList<>(active.values());
        if (joining != null) {
            under.add(joining);
        }
        active.clear();
        close();
        if (under.size() == 1) {
            fail(under.get(0), e);
        } else {
            counters.retries().inc();
            suspects.addAll(under);
        }
    }

    /** Closes the decoder and forgets its windows. */
    @Override
    public void close() {
        active.clear();
        RunningDecoder open = decoder;
        decoder = null;
        if (open != null) {
            open.close();
        }
    }
}
