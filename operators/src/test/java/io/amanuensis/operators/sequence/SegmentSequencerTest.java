package io.amanuensis.operators.sequence;

import static io.amanuensis.operators.sequence.Segments.channel;
import static io.amanuensis.operators.sequence.Segments.last;
import static io.amanuensis.operators.sequence.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.Segment;
import io.amanuensis.schemas.DeadLetterCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentSequencerTest {
    private static final SequenceSettings SETTINGS =
            new SequenceSettings(Duration.ofSeconds(5), 4, 9_000, Duration.ofMinutes(30), Duration.ofHours(1));

    private static final long IDLE_MS = SETTINGS.callIdleTimeout().toMillis();

    private final List<String> log = new ArrayList<>();
    private final Map<Long, Segment> pending = new HashMap<>();
    private SegmentSequencer sequencer;
    private ChannelOrder order;

    @BeforeEach
    void create() {
        sequencer = sequencer(SETTINGS);
        order = new ChannelOrder(0);
    }

    private SegmentSequencer sequencer(SequenceSettings settings) {
        return new SegmentSequencer(settings, new MapPending(), new Log());
    }

    private void accept(long sequence, long timestampMs) throws Exception {
        sequencer.accept(order, segment(channel("call", 0), sequence, timestampMs));
    }

    private List<String> takeLog() {
        List<String> taken = List.copyOf(log);
        log.clear();
        return taken;
    }

    @Test
    void ordersWhatArrivesEarlyAndDropsSecondCopies() throws Exception {
        accept(0, 0);
        accept(2, 1);
        accept(2, 2);
        accept(1, 3);
        accept(1, 4);
        accept(2, 5);
        assertThat(log)
                .containsExactly("emit 0", "early 2", "duplicate 2", "emit 1", "emit 2", "duplicate 1", "duplicate 2");
        assertThat(pending).isEmpty();
        assertThat(order.pending.bytes).isZero();
    }

    @Test
    void waitsExactlyTheGapWaitOfTheFirstThatHadToWait() throws Exception {
        accept(0, 0);
        accept(3, 1000);
        accept(2, 4000);
        accept(4, 5999);
        assertThat(takeLog()).containsExactly("emit 0", "early 3", "early 2", "early 4");
        accept(5, 6000);
        assertThat(takeLog())
                .containsExactly("early 5", "gap 1..1 RECORD_CLOCK", "emit 2", "emit 3", "emit 4", "emit 5");
    }

    @Test
    void anyRecordOfTheChannelTellsTheTime() throws Exception {
        accept(0, 0);
        accept(2, 1000);
        accept(0, 6000);
        assertThat(log).containsExactly("emit 0", "early 2", "duplicate 0", "gap 1..1 RECORD_CLOCK", "emit 2");
    }

    @Test
    void aSecondGapHasBeenMissedSinceTheFirstSegmentBehindIt() throws Exception {
        accept(0, 0);
        accept(2, 1000);
        accept(4, 3000);
        accept(5, 6000);
        assertThat(takeLog()).endsWith("gap 1..1 RECORD_CLOCK", "emit 2");
        accept(6, 7999);
        assertThat(takeLog()).containsExactly("early 6");
        accept(7, 8000);
        assertThat(takeLog())
                .containsExactly("early 7", "gap 3..3 RECORD_CLOCK", "emit 4", "emit 5", "emit 6", "emit 7");
    }

    @Test
    void tellsALateSegmentFromASecondCopy() throws Exception {
        accept(0, 0);
        accept(3, 0);
        accept(4, 5000);
        takeLog();
        accept(2, 5001);
        accept(3, 5002);
        accept(0, 5003);
        accept(1, 5004);
        assertThat(log).containsExactly("reject 2 LATE_SEGMENT", "duplicate 3", "duplicate 0", "reject 1 LATE_SEGMENT");
    }

    @Test
    void rejectsWhenItNoLongerKnowsWhetherASegmentIsLate() throws Exception {
        int gaps = DeclaredGaps.MAX_GAPS + 1;
        for (long sequence = 1; sequence <= 2L * gaps; sequence += 2) {
            accept(sequence, 0);
            sequencer.giveUpAll(order, SegmentSequencer.GapReason.WALL_CLOCK);
        }
        takeLog();
        accept(0, 0);
        accept(1, 0);
        accept(2, 0);
        accept(3, 0);
        assertThat(log).containsExactly("reject 0 LATE_SEGMENT", "duplicate 1", "reject 2 LATE_SEGMENT", "duplicate 3");
        assertThat(order.gaps.bounds).hasSize(2 * DeclaredGaps.MAX_GAPS);
        assertThat(order.gaps.knownFrom).isEqualTo(1);
    }

    @Test
    void givesUpAtOnceWhenTooManyWait() throws Exception {
        for (long sequence : new long[] {1, 3, 4, 5}) {
            accept(sequence, 0);
        }
        assertThat(takeLog()).containsExactly("early 1", "early 3", "early 4", "early 5");
        accept(6, 0);
        assertThat(takeLog()).containsExactly("early 6", "gap 0..0 FULL", "emit 1");
        accept(8, 0);
        assertThat(takeLog()).containsExactly("early 8", "gap 2..2 FULL", "emit 3", "emit 4", "emit 5", "emit 6");
    }

    @Test
    void givesUpAtOnceWhenTooManyBytesWait() throws Exception {
        Segment large = segment(channel("call", 0), 2, 0);
        large.payload = new byte[7000];
        sequencer.accept(order, large);
        assertThat(takeLog()).containsExactly("early 2");
        accept(5, 0);
        assertThat(takeLog()).containsExactly("early 5");
        accept(7, 0);
        assertThat(takeLog()).containsExactly("early 7", "gap 0..1 FULL", "emit 2");
        assertThat(order.pending.bytes).isEqualTo(2 * 2000);
    }

    @Test
    void waitsAtTheBeginningOfAChannelSeenInItsMiddle() throws Exception {
        accept(17, 0);
        accept(18, 4999);
        assertThat(takeLog()).containsExactly("early 17", "early 18");
        accept(19, 5000);
        assertThat(takeLog()).containsExactly("early 19", "gap 0..16 RECORD_CLOCK", "emit 17", "emit 18", "emit 19");
        accept(16, 5001);
        assertThat(takeLog()).containsExactly("reject 16 LATE_SEGMENT");
    }

    @Test
    void aHigherEpochFlushesTheLowerAndBeginsAtZero() throws Exception {
        accept(0, 0);
        accept(2, 10);
        accept(4, 20);
        takeLog();
        sequencer.accept(order, segment(channel("call", 3), 1, 30));
        assertThat(takeLog()).containsExactly("gap 1..1 CLOSED", "emit 2", "gap 3..3 CLOSED", "emit 4", "early 1");
        sequencer.accept(order, segment(channel("call", 3), 0, 40));
        accept(5, 50);
        assertThat(takeLog()).containsExactly("emit 0", "emit 1", "reject 5 STALE_EPOCH");
    }

    @Test
    void rejectsWhatComesBehindTheLastOfTheChannel() throws Exception {
        accept(0, 0);
        accept(2, 0);
        accept(3, 0);
        sequencer.accept(order, last(segment(channel("call", 0), 1, 0)));
        accept(4, 0);
        accept(1, 0);
        assertThat(log)
                .containsExactly(
                        "emit 0",
                        "early 2",
                        "early 3",
                        "emit 1",
                        "reject 2 INVALID_SEGMENT",
                        "reject 3 INVALID_SEGMENT",
                        "reject 4 INVALID_SEGMENT",
                        "duplicate 1");
        takeLog();
        sequencer.accept(order, segment(channel("call", 1), 0, 0));
        assertThat(log).containsExactly("emit 0");
    }

    /** Every segment meets exactly one fate, and what leaves ascends. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everySegmentMeetsExactlyOneFate(long seed) throws Exception {
        Random random = new Random(seed);
        List<Long> sent = new ArrayList<>(LongStream.range(0, 400)
                .filter(i -> random.nextInt(10) > 0)
                .boxed()
                .toList());
        sent.addAll(sent.stream().filter(i -> random.nextInt(8) == 0).toList());
        List<Long> arrival = new ArrayList<>(sent);
        Collections.shuffle(arrival, random);
        arrival.sort((a, b) -> Long.compare(a + (a * 7919 + seed) % 9, b + (b * 7919 + seed) % 9));
        for (int i = 0; i < arrival.size(); i++) {
            accept(arrival.get(i), i * 250L);
        }
        sequencer.giveUpAll(order, SegmentSequencer.GapReason.CLOSED);

        List<Long> emitted = log.stream()
                .filter(l -> l.startsWith("emit"))
                .map(l -> Long.valueOf(l.substring(5)))
                .toList();
        assertThat(emitted).isSorted().doesNotHaveDuplicates();
        long rejected = log.stream().filter(l -> l.startsWith("reject")).count();
        long duplicates = log.stream().filter(l -> l.startsWith("duplicate")).count();
        assertThat(emitted.size() + rejected + duplicates).as("seed %d", seed).isEqualTo(arrival.size());
        assertThat(pending).isEmpty();
        assertThat(emitted.size()).isGreaterThan(300);
    }

    @Test
    void withinTheBoundsOrderOfArrivalDoesNotMatter() throws Exception {
        sequencer = sequencer(
                new SequenceSettings(Duration.ofSeconds(5), 100, 1 << 20, Duration.ofMinutes(30), Duration.ofHours(1)));
        List<Long> arrival = new ArrayList<>(LongStream.range(0, 60).boxed().toList());
        Collections.shuffle(arrival, new Random(11));
        for (long sequence : arrival) {
            accept(sequence, 0);
        }
        assertThat(log.stream().filter(l -> l.startsWith("emit")))
                .containsExactlyElementsOf(
                        IntStream.range(0, 60).mapToObj(i -> "emit " + i).toList());
    }

    private Segment otherSound(long sequence, long timestampMs) {
        Segment segment = segment(channel("call", 0), sequence, timestampMs);
        segment.payload[7] ^= 1;
        return segment;
    }

    @Test
    void aSecondProducerOfAChannelIsRefusedAndACopyIsNot() throws Exception {
        accept(0, 0);
        accept(2, 1);
        sequencer.accept(order, otherSound(0, 2));
        sequencer.accept(order, otherSound(2, 3));
        accept(0, 4);
        accept(2, 5);
        assertThat(log)
                .containsExactly(
                        "emit 0",
                        "early 2",
                        "reject 0 OVERLAPPING_AUDIO",
                        "reject 2 OVERLAPPING_AUDIO",
                        "duplicate 0",
                        "duplicate 2");
    }

    @Test
    void aSegmentOfAnotherPlaceIsAnother() throws Exception {
        accept(0, 0);
        Segment moved = segment(channel("call", 0), 0, 1);
        moved.startMs += 250;
        sequencer.accept(order, moved);
        assertThat(log).containsExactly("emit 0", "reject 0 OVERLAPPING_AUDIO");
    }

    /** Of those before, the checksums are forgotten. */
    @Test
    void theLastSixteenAreTold() throws Exception {
        for (int i = 0; i < 20; i++) {
            accept(i, i);
        }
        takeLog();
        sequencer.accept(order, otherSound(3, 30));
        sequencer.accept(order, otherSound(4, 31));
        accept(4, 32);
        assertThat(log).containsExactly("duplicate 3", "reject 4 OVERLAPPING_AUDIO", "duplicate 4");
    }

    @Test
    void aChannelThatWasIdleByItsOwnRecordsEndedBetweenThem() throws Exception {
        accept(0, 0);
        accept(1, IDLE_MS - 1);
        accept(3, IDLE_MS);
        accept(4, 2 * IDLE_MS);
        assertThat(log).containsExactly("emit 0", "emit 1", "early 3", "gap 2..2 CLOSED", "emit 3", "idle 4", "emit 4");
    }

    @Test
    void whatHasEndedDoesNotEndAgain() throws Exception {
        sequencer.accept(order, last(segment(channel("call", 0), 0, 0)));
        sequencer.accept(order, segment(channel("call", 0), 1, 2 * IDLE_MS));
        assertThat(log).containsExactly("emit 0", "reject 1 INVALID_SEGMENT");
    }

    private final class MapPending implements SegmentSequencer.Pending {
        @Override
        public void put(Segment segment) {
            assertThat(pending.put(segment.sequence, segment)).isNull();
        }

        @Override
        public Segment get(long sequence) {
            return pending.get(sequence);
        }

        @Override
        public Segment take(long sequence) {
            return pending.remove(sequence);
        }
    }

    private final class Log implements SegmentSequencer.Output {
        @Override
        public void emit(Segment segment) {
            log.add("emit " + segment.sequence);
        }

        @Override
        public void reject(Segment segment, DeadLetterCause cause, String message) {
            log.add("reject " + segment.sequence + " " + cause);
        }

        @Override
        public void duplicate(Segment segment) {
            log.add("duplicate " + segment.sequence);
        }

        @Override
        public void idle(Segment end, boolean byWallClock) {
            assertThat(end.lastOfChannel).isTrue();
            assertThat(end.payload).isEmpty();
            log.add("idle " + end.sequence + (byWallClock ? " by wall clock" : ""));
        }

        @Override
        public void early(Segment segment) {
            log.add("early " + segment.sequence);
        }

        @Override
        public void gap(long first, long last, Segment next, SegmentSequencer.GapReason reason) {
            log.add("gap " + first + ".." + last + " " + reason);
        }
    }
}
