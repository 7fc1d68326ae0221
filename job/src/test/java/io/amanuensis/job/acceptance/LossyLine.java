package io.amanuensis.job.acceptance;

import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.AudioSegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Loses, spoils, doubles and delays the segments of a call, and writes down what it lost and spoilt. */
final class LossyLine {
    private static final long SHUFFLE_MS = 4_000;

    /** A segment and when it arrives. */
    record Arrival(long atMs, AudioSegment segment) {}

    private final SplittableRandom random;
    private final double loss;
    private final double doubled;
    private final List<Arrival> arrivals = new ArrayList<>();
    final List<AudioSegment> lost = new ArrayList<>();
    final List<AudioSegment> spoilt = new ArrayList<>();

    LossyLine(long seed, double loss, double doubled) {
        this.random = new SplittableRandom(seed);
        this.loss = loss;
        this.doubled = doubled;
    }

    /** The end of a channel is never lost, so that the call has an end. */
    void take(AudioSegment segment, boolean spoil, long spokenMs) {
        if (random.nextDouble() < loss && !segment.getLastOfChannel()) {
            lost.add(segment);
            return;
        }
        if (spoil) {
            spoilt.add(segment);
            segment = AudioSegment.newBuilder(segment)
                    .setEncoding(AudioEncoding.WAV)
                    .setPayload(ByteBuffer.wrap("RIFFjunk".getBytes(StandardCharsets.US_ASCII)))
                    .build();
        }
        arrivals.add(new Arrival(spokenMs + random.nextLong(SHUFFLE_MS), segment));
        if (random.nextDouble() < doubled) {
            arrivals.add(new Arrival(spokenMs + random.nextLong(SHUFFLE_MS), segment));
        }
    }

    List<Arrival> arrivals() {
        return arrivals.stream().sorted(Comparator.comparingLong(Arrival::atMs)).toList();
    }
}
