package io.amanuensis.operators.account;

import io.amanuensis.operators.element.SpokenTurn;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who talks when, measured on the turns of a call. A channel talks from the first word of a turn to its last, pauses within the turn
 * included.
 *
 * <ul>
 *   <li>Overlap: two or more channels talk at once for at least {@link #MIN_OVERLAP_MS}. Less is how speakers take turns, and
 *       within the error of word times.
 *   <li>Interruption: a turn of at least {@link #MIN_INTERRUPTING_WORDS} words that begins while another channel talks, at
 *       least {@link #INTERRUPTION_MARGIN_MS} after that turn began and before it ends. Shorter turns are assent.
 * </ul>
 */
final class Conversation {
    static final long MIN_OVERLAP_MS = 200;
    static final long INTERRUPTION_MARGIN_MS = 500;
    static final int MIN_INTERRUPTING_WORDS = 3;

    private static final Comparator<SpokenTurn> AS_SPOKEN = Comparator.comparingLong((SpokenTurn turn) -> turn.startMs)
            .thenComparingInt(turn -> turn.channel)
            .thenComparing(turn -> turn.transcriptId);

    /** A turn begins or ends. */
    private record Edge(long ms, boolean begins, int channel) {
        /** A turn that begins when another ends continues the talk. */
        private static final Comparator<Edge> BY_TIME =
                Comparator.comparingLong(Edge::ms).thenComparing(edge -> edge.begins ? 0 : 1);
    }

    private final List<SpokenTurn> turns;
    private final Map<Integer, Long> talkMs = new HashMap<>();
    private long anybodyMs;
    private int overlaps;
    private long overlapMs;

    /** @param turns of all channels, in any order */
    Conversation(List<SpokenTurn> turns) {
        this.turns = turns.stream().sorted(AS_SPOKEN).toList();
        measure();
    }

    /** As they were spoken. */
    List<SpokenTurn> turns() {
        return turns;
    }

    /** Turns of one channel that overlap count once. */
    long talkMs(int channel) {
        return talkMs.getOrDefault(channel, 0L);
    }

    /** Time in which one channel talks, or several. */
    long anybodyMs() {
        return anybodyMs;
    }

    int overlaps() {
        return overlaps;
    }

    long overlapMs() {
        return overlapMs;
    }

    /** The number of turns is bounded, so each may be held against all that began before it. */
    boolean interrupts(int index) {
        SpokenTurn turn = turns.get(index);
        return turn.words >= MIN_INTERRUPTING_WORDS
                && turns.subList(0, index).stream()
                        .anyMatch(other -> other.channel != turn.channel
                                && other.startMs + INTERRUPTION_MARGIN_MS <= turn.startMs
                                && turn.startMs + INTERRUPTION_MARGIN_MS <= other.endMs);
    }

    private void measure() {
        Map<Integer, Integer> speaking = new HashMap<>();
        long lastMs = 0;
        long bothSinceMs = 0;
        for (Edge edge : edges()) {
            long passedMs = edge.ms - lastMs;
            speaking.keySet().forEach(channel -> talkMs.merge(channel, passedMs, Long::sum));
            anybodyMs += speaking.isEmpty() ? 0 : passedMs;
            lastMs = edge.ms;

            boolean both = speaking.size() > 1;
            speaking.merge(edge.channel, edge.begins ? 1 : -1, Conversation::sumOrNone);
            if (speaking.size() > 1 && !both) {
                bothSinceMs = edge.ms;
            } else if (speaking.size() <= 1 && both && edge.ms - bothSinceMs >= MIN_OVERLAP_MS) {
                overlaps++;
                overlapMs += edge.ms - bothSinceMs;
            }
        }
    }

    private List<Edge> edges() {
        List<Edge> edges = new ArrayList<>(2 * turns.size());
        for (SpokenTurn turn : turns) {
            edges.add(new Edge(turn.startMs, true, turn.channel));
            edges.add(new Edge(turn.endMs, false, turn.channel));
        }
        edges.sort(Edge.BY_TIME);
        return edges;
    }

    private static Integer sumOrNone(int turns, int change) {
        return turns + change == 0 ? null : turns + change;
    }
}
