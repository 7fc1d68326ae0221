package io.amanuensis.job.play;

import io.amanuensis.job.demo.Sending;
import io.amanuensis.job.files.SegmentTime;
import io.amanuensis.job.play.PlayedCall.Piece;
import io.amanuensis.job.play.PlayedCall.Restart;
import io.amanuensis.schemas.AudioSegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The segments of a call as a network with faults delivers them, in the order of delivery: a function of the segments, the faults
 * and the seed. A segment leaves when it has been spoken to its end. The last of a channel is not lost, so that the call has an
 * end. Nothing of a producer comes after its successor has begun.
 *
 * <p>Holds what is spoken within the longest delay. Not thread-safe.
 */
public final class FaultyCall implements Iterator<Sending> {
    private final Iterator<AudioSegment> source;
    private final Faults faults;
    private final long beginMs;
    private final SplittableRandom random;
    private final Chosen losses;
    private final Chosen duplicates;

    private final PriorityQueue<Waiting> waiting =
            new PriorityQueue<>(Comparator.comparingLong(Waiting::atMs).thenComparingLong(Waiting::order));
    private AudioSegment ahead;
    private long order;
    /** When the network has let the last segment through. */
    private long throughMs;
    /** The latest that anything is sent so far. */
    private long latestMs;
    /** What is sent from now on is sent no earlier. */
    private long earliestMs;

    private long nextRestartMs;
    private int restarts;
    private long firstSequence;

    private final AudioSegment first;
    private final List<Piece> lost = new ArrayList<>();
    private final List<Piece> duplicated = new ArrayList<>();
    private final List<Restart> restarted = new ArrayList<>();
    private final Map<Integer, Long> channelEnds = new TreeMap<>();
    private long segments;

    private record Waiting(long atMs, long order, AudioSegment segment) {}

    /**
     * @param segments of one call, at least one, in the order of their start, each channel numbered from 0; G.711 or 16-bit
     * @param beginMs when the call begins, since the beginning of the playing
     */
    public FaultyCall(Iterator<AudioSegment> segments, Faults faults, long seed, long beginMs) {
        this.source = segments;
        this.faults = faults;
        this.beginMs = beginMs;
        this.random = new SplittableRandom(seed);
        this.losses = new Chosen(faults.loss(), random.split());
        this.duplicates = new Chosen(faults.duplication(), random.split());
        this.ahead = segments.next();
        this.first = ahead;
        this.throughMs = beginMs;
        this.nextRestartMs = restartWithin(0);
    }

    @Override
    public boolean hasNext() {
        while (ahead != null && (waiting.isEmpty() || waiting.peek().atMs >= spokenMs(ahead))) {
            take(ahead);
            ahead = source.hasNext() ? source.next() : null;
        }
        return !waiting.isEmpty();
    }

    @Override
    public Sending next() {
        if (!hasNext()) {
            throw new NoSuchElementException("all of call " + first.getCallId() + " has been sent");
        }
        Waiting next = waiting.remove();
        return new Sending(next.atMs, next.segment);
    }

    /** What has become of the segments so far: all of them when there is no {@link #next}. */
    public PlayedCall played() {
        return new PlayedCall(
                first.getTenant(),
                first.getCallId(),
                first.getCallStartEpochMs().toEpochMilli(),
                channelEnds.entrySet().stream()
                        .map(end -> new PlayedCall.Channel(end.getKey(), end.getValue()))
                        .toList(),
                segments,
                segments - lost.size(),
                List.copyOf(lost),
                List.copyOf(duplicated),
                List.copyOf(restarted));
    }

    private void take(AudioSegment original) {
        AudioSegment segment = numbered(original);
        segments++;
        channelEnds.put(segment.getChannel(), SegmentTime.endMs(segment));
        if (losses.next() && !segment.getLastOfChannel()) {
            lost.add(piece(segment));
            return;
        }
        throughMs = Math.max(throughMs, spokenMs(segment) + below(faults.jitterMs()));
        long atMs = Math.max(earliestMs, throughMs + below(faults.shuffleMs()));
        deliver(atMs, segment);
        if (duplicates.next()) {
            duplicated.add(piece(segment));
            boolean late = duplicated.size() % 2 == 0;
            deliver(late ? atMs + 1 + below(Faults.LATE_COPY_MS) : atMs, segment);
        }
    }

    private void deliver(long atMs, AudioSegment segment) {
        waiting.add(new Waiting(atMs, order++, segment));
        latestMs = Math.max(latestMs, atMs);
    }

    /** With the epoch and the number that its producer gives it; a restart is between two stretches of time, in all channels. */
    private AudioSegment numbered(AudioSegment segment) {
        boolean begins = segment.getChannel() == first.getChannel();
        if (faults.restartEveryMs() > 0 && begins && segment.getStartMs() >= nextRestartMs) {
            firstSequence = segment.getSequence();
            earliestMs = latestMs;
            restarts++;
            nextRestartMs = restartWithin(segment.getStartMs() / faults.restartEveryMs() + 1);
            restarted.add(new Restart(first.getStreamEpoch() + restarts, segment.getStartMs()));
        }
        if (restarts == 0) {
            return segment;
        }
        return AudioSegment.newBuilder(segment)
                .setStreamEpoch(segment.getStreamEpoch() + restarts)
                .setSequence(segment.getSequence() - firstSequence)
                .build();
    }

    /** Where in a stretch between restarts the restart is; never at the very beginning of the call. */
    private long restartWithin(long stretch) {
        return stretch * faults.restartEveryMs() + 1 + below(faults.restartEveryMs());
    }

    private long below(long ms) {
        return ms == 0 ? 0 : random.nextLong(ms);
    }

    private long spokenMs(AudioSegment segment) {
        return beginMs + SegmentTime.endMs(segment);
    }

    private static Piece piece(AudioSegment segment) {
        return new Piece(
                segment.getChannel(),
                segment.getStreamEpoch(),
                segment.getSequence(),
                segment.getStartMs(),
                SegmentTime.endMs(segment));
    }
}
