package io.amanuensis.job.demo;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/** What several sources send, in the order of time; at the same time, in the order of the sources. Not thread-safe. */
public final class InTurn implements Iterator<Sending> {
    private final PriorityQueue<Head> heads = new PriorityQueue<>(
            Comparator.<Head>comparingLong(head -> head.next.atMs()).thenComparingInt(Head::source));

    private record Head(int source, Sending next, Iterator<Sending> rest) {}

    /** @param sources each in the order of time */
    public InTurn(List<? extends Iterator<Sending>> sources) {
        for (int source = 0; source < sources.size(); source++) {
            add(source, sources.get(source));
        }
    }

    @Override
    public boolean hasNext() {
        return !heads.isEmpty();
    }

    @Override
    public Sending next() {
        Head head = heads.poll();
        if (head == null) {
            throw new NoSuchElementException("everything has been sent");
        }
        add(head.source, head.rest);
        return head.next;
    }

    private void add(int source, Iterator<Sending> rest) {
        if (rest.hasNext()) {
            heads.add(new Head(source, rest.next(), rest));
        }
    }
}
