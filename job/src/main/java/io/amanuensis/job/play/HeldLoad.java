package io.amanuensis.job.play;

import io.amanuensis.job.demo.Sending;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/**
 * As many calls at the same time as keep the machine busy to a share: while they are fewer, calls begin; while they are more, those
 * that end are not followed by others. How many it takes is the share that is wanted over that which a call has taken, where calls of
 * the last seconds do not count: nobody has computed much for them yet. When its time is up it ends, in the middle of calls. The first
 * half of the time is for finding the number of calls, and for the JVM to compile what it runs, which keeps it busy too. Looks once a
 * second of the playing, which must be at its pace. {@link #load} may be asked by any thread, all else by one.
 */
public final class HeldLoad implements Iterator<Sending> {
    private static final long LOOK_MS = 1_000;
    /** What a call takes is that of the last looks. */
    private static final int LOOKS = 10;
    /** Until a call shows in it: somebody must have spoken, and paused. */
    private static final long UNSEEN_MS = 5_000;

    /** Of the calls that are missing a part begins at each look, so that they are not all at the same place. */
    private static final int LOOKS_TO_REACH = 5;

    private static final int MOST_AT_ONCE = 3;
    /** The load is held from here on. */
    private static final double REACHED = 0.9;

    /** Begins calls. */
    interface Dial {
        Iterator<Sending> call(int number, long beginMs);
    }

    private final PlaySettings.Hold hold;
    private final int mostCalls;
    private final DoubleSupplier busy;
    private final Dial dial;

    private final PriorityQueue<Head> heads = new PriorityQueue<>(
            Comparator.<Head>comparingLong(head -> head.next.atMs()).thenComparingInt(Head::number));
    private final Deque<Look> recent = new ArrayDeque<>();
    private int begun;
    private long nextLookMs;
    private volatile Load load = new Load(0, 0, 0);
    private volatile boolean held;

    private record Head(int number, long beginMs, Sending next, Iterator<Sending> rest) {}

    /** @param calls that the share shows */
    private record Look(double busy, long calls) {}

    /**
     * What was held.
     *
     * @param busy share of the machine's processors that were at work, mean
     * @param calls at the same time, mean
     * @param seconds for which it was held
     */
    public record Load(double busy, double calls, double seconds) {
        private Load plus(double moreBusy, int moreCalls) {
            double all = seconds + 1;
            return new Load((busy * seconds + moreBusy) / all, (calls * seconds + moreCalls) / all, all);
        }
    }

    /**
     * @param mostCalls at the same time
     * @param busy share of the machine's processors that were at work since it was last asked, negative if that is not known
     */
    HeldLoad(PlaySettings.Hold hold, int mostCalls, DoubleSupplier busy, Dial dial) {
        this.hold = hold;
        this.mostCalls = mostCalls;
        this.busy = busy;
        this.dial = dial;
    }

    /** Whether the load is held now: what is measured now counts. */
    boolean isHeld() {
        return held;
    }

    /** So far. */
    Load load() {
        return load;
    }

    @Override
    public boolean hasNext() {
        while (nextLookMs < hold.forMs()
                && (heads.isEmpty() || heads.peek().next.atMs() >= nextLookMs)) {
            look();
            nextLookMs += LOOK_MS;
        }
        boolean over = heads.isEmpty() || heads.peek().next.atMs() >= hold.forMs();
        held &= !over;
        return !over;
    }

    @Override
    public Sending next() {
        if (!hasNext()) {
            throw new NoSuchElementException("everything has been sent");
        }
        Head head = heads.remove();
        if (!add(head.number, head.beginMs, head.rest) && heads.size() < callsNeeded()) {
            begin(head.next.atMs());
        }
        return head.next;
    }

    private void look() {
        hear();
        double share = share();
        held |= share >= REACHED * hold.busy() && nextLookMs >= hold.forMs() / 2;
        if (held) {
            load = load.plus(share, heads.size());
        }
        int more = (int) Math.ceil(Math.min(MOST_AT_ONCE, (callsNeeded() - heads.size()) / LOOKS_TO_REACH));
        for (int i = 0; i < Math.max(more, heads.isEmpty() ? 1 : 0) && heads.size() < mostCalls; i++) {
            begin(nextLookMs);
        }
    }

    /** As far as can be told: while nothing can, one more than there are. */
    private double callsNeeded() {
        double seen = mean(Look::calls);
        return seen > 0 && share() > 0 ? seen * hold.busy() / share() : heads.size() + 1;
    }

    private void begin(long atMs) {
        add(begun, atMs, dial.call(begun, atMs));
        begun++;
    }

    private void hear() {
        double now = busy.getAsDouble();
        if (now >= 0) {
            long calls = heads.stream()
                    .filter(head -> head.beginMs + UNSEEN_MS <= nextLookMs)
                    .count();
            recent.add(new Look(now, calls));
            if (recent.size() > LOOKS) {
                recent.remove();
            }
        }
    }

    private double share() {
        return mean(Look::busy);
    }

    private double mean(ToDoubleFunction<Look> of) {
        return recent.stream().mapToDouble(of).average().orElse(0);
    }

    /** Whether there is more. */
    private boolean add(int number, long beginMs, Iterator<Sending> rest) {
        return rest.hasNext() && heads.add(new Head(number, beginMs, rest.next(), rest));
    }
}
