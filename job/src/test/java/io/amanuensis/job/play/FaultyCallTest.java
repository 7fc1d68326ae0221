package io.amanuensis.job.play;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.amanuensis.job.demo.Sending;
import io.amanuensis.job.files.SegmentTime;
import io.amanuensis.job.play.PlayedCall.Piece;
import io.amanuensis.job.play.PlayedCall.Restart;
import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.AudioSegment;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every segment is accounted for, whatever happens to it, and nothing happens that was not asked for. */
class FaultyCallTest {
    private static final int SEGMENT_MS = 250;
    private static final int STRETCHES = 1_200;
    private static final int CHANNELS = 2;
    private static final int SEGMENTS = STRETCHES * CHANNELS;
    private static final long BEGIN_MS = 7_000;

    @Test
    void withoutFaultsEachSegmentLeavesWhenItHasBeenSpoken() {
        Run run = new Run(Faults.NONE, 1);
        assertThat(run.sent).hasSize(SEGMENTS);
        for (int i = 0; i < SEGMENTS; i++) {
            Sending sending = run.sent.get(i);
            assertThat(sending.segment()).isEqualTo(segment(i / CHANNELS, i % CHANNELS));
            assertThat(sending.atMs()).isEqualTo(BEGIN_MS + (i / CHANNELS + 1) * SEGMENT_MS);
        }
        assertThat(run.played.channels())
                .containsExactly(
                        new PlayedCall.Channel(0, STRETCHES * SEGMENT_MS),
                        new PlayedCall.Channel(1, STRETCHES * SEGMENT_MS));
        assertThat(run.played.sent()).isEqualTo(SEGMENTS);
        assertThat(run.played.lost()).isEmpty();
        assertThat(run.played.duplicated()).isEmpty();
        assertThat(run.played.restarts()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everySegmentIsSentOrListedAsLost(long seed) {
        Run run = new Run(new Faults(0.01, 0.02, 5_000, 300, 60_000), seed);
        Map<Piece, Long> times = run.sent.stream()
                .collect(Collectors.groupingBy(sending -> piece(sending.segment()), Collectors.counting()));
        Set<Piece> twice = times.entrySet().stream()
                .filter(entry -> entry.getValue() > 1)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());

        assertThat(twice).containsExactlyInAnyOrderElementsOf(run.played.duplicated());
        assertThat(times.values()).allMatch(count -> count <= 2);
        assertThat(run.played.lost()).doesNotContainAnyElementsOf(times.keySet());
        Set<Piece> all = new HashSet<>(times.keySet());
        all.addAll(run.played.lost());
        assertThat(all.stream().map(FaultyCallTest::where))
                .doesNotHaveDuplicates()
                .hasSize(SEGMENTS);
        assertThat(run.played.sent()).isEqualTo(times.size());
        assertThat(run.played.segments()).isEqualTo(SEGMENTS);

        assertThat((double) run.played.lost().size()).isCloseTo(0.01 * SEGMENTS, within(2.0));
        assertThat((double) run.played.duplicated().size()).isCloseTo(0.02 * times.size(), within(1.0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shufflingIsBoundedByItsWindow(long seed) {
        long window = 5_000;
        Run run = new Run(new Faults(0, 0, window, 0, 0), seed);
        assertThat(run.sent).isSortedAccordingTo((a, b) -> Long.compare(a.atMs(), b.atMs()));
        long latestEnd = 0;
        int overtaken = 0;
        for (Sending sending : run.sent) {
            long end = SegmentTime.endMs(sending.segment());
            assertThat(sending.atMs() - BEGIN_MS - end).isBetween(0L, window - 1);
            assertThat(latestEnd - end).isLessThan(window);
            overtaken += end < latestEnd ? 1 : 0;
            latestEnd = Math.max(latestEnd, end);
        }
        assertThat(overtaken).isGreaterThan(SEGMENTS / 2);
    }

    @Test
    void jitterKeepsTheOrder() {
        Run run = new Run(new Faults(0, 0, 0, 900, 0), 1);
        Set<Long> delays = new HashSet<>();
        for (int i = 0; i < SEGMENTS; i++) {
            Sending sending = run.sent.get(i);
            assertThat(sending.segment()).isEqualTo(segment(i / CHANNELS, i % CHANNELS));
            delays.add(sending.atMs() - BEGIN_MS - SegmentTime.endMs(sending.segment()));
        }
        assertThat(delays).allMatch(delay -> delay >= 0 && delay < 900).hasSizeGreaterThan(100);
    }

    @Test
    void everySecondCopyFollowsAtOnceAndTheOthersLater() {
        Run run = new Run(new Faults(0, 0.05, 0, 0, 0), 1);
        Map<AudioSegment, Integer> first = new HashMap<>();
        int atOnce = 0;
        int later = 0;
        for (int i = 0; i < run.sent.size(); i++) {
            Integer original = first.putIfAbsent(run.sent.get(i).segment(), i);
            if (original != null) {
                long delay = run.sent.get(i).atMs() - run.sent.get(original).atMs();
                assertThat(delay).isBetween(0L, Faults.LATE_COPY_MS);
                atOnce += i == original + 1 && delay == 0 ? 1 : 0;
                later += delay > 0 ? 1 : 0;
            }
        }
        assertThat(atOnce).isEqualTo(60);
        assertThat(later).isEqualTo(60);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aRestartBeginsNumbersAnewAndNothingOfTheOldProducerFollows(long seed) {
        Run run = new Run(new Faults(0, 0.1, 5_000, 300, 60_000), seed);
        // Five minutes of sound, a restart in each.
        assertThat(run.played.restarts()).hasSize(5);
        for (int i = 0; i < 5; i++) {
            Restart restart = run.played.restarts().get(i);
            assertThat(restart.streamEpoch()).isEqualTo(i + 1);
            assertThat(restart.startMs()).isBetween(60_000L * i, 60_000L * (i + 1) + SEGMENT_MS);
        }
        assertThat(run.sent.stream().map(sending -> sending.segment().getStreamEpoch()))
                .isSorted();
        Map<String, Set<Long>> numbers = new TreeMap<>();
        for (Sending sending : run.sent) {
            AudioSegment segment = sending.segment();
            numbers.computeIfAbsent(segment.getStreamEpoch() + "/" + segment.getChannel(), key -> new HashSet<>())
                    .add(segment.getSequence());
        }
        assertThat(numbers).hasSize(6 * CHANNELS);
        // Distinct and from 0, hence without a hole if the greatest is one less than their number.
        numbers.forEach(
                (producer, set) -> assertThat(Collections.max(set)).as(producer).isEqualTo(set.size() - 1));
    }

    @Test
    void theEndOfACallIsNeverLost() {
        Run run = new Run(new Faults(1, 0, 0, 0, 0), 1);
        assertThat(run.sent).hasSize(CHANNELS);
        assertThat(run.sent).allMatch(sending -> sending.segment().getLastOfChannel());
        assertThat(run.played.lost()).hasSize(SEGMENTS - CHANNELS);
        assertThat(run.played.lostStretches(1))
                .containsExactly(new PlayedCall.Stretch(0, (STRETCHES - 1) * SEGMENT_MS));
    }

    @Test
    void theSameSeedDoesTheSame() {
        Faults all = new Faults(0.01, 0.02, 5_000, 300, 60_000);
        Run run = new Run(all, 5);
        assertThat(new Run(all, 5)).usingRecursiveComparison().isEqualTo(run);
        assertThat(new Run(all, 6).played.lost()).isNotEqualTo(run.played.lost());
        assertThat(new Run(all, 6).sent).isNotEqualTo(run.sent);
    }

    @Test
    void holdsNoMoreThanIsSpokenWithinTheLongestDelay() {
        int[] taken = {0};
        Iterator<AudioSegment> source = call();
        Iterator<AudioSegment> counted = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return source.hasNext();
            }

            @Override
            public AudioSegment next() {
                taken[0]++;
                return source.next();
            }
        };
        FaultyCall call = new FaultyCall(counted, new Faults(0, 0.1, 2_000, 500, 0), 1, 0);
        int given = 0;
        int mostHeld = 0;
        while (call.hasNext()) {
            mostHeld = Math.max(mostHeld, taken[0] - given);
            call.next();
            given++;
        }
        assertThat(mostHeld).isLessThanOrEqualTo(CHANNELS * (2_000 + 500 + (int) Faults.LATE_COPY_MS) / SEGMENT_MS + 4);
    }

    @Test
    void sharesAndTimesHaveLimits() {
        assertThatThrownBy(() -> new Faults(1.5, 0, 0, 0, 0)).hasMessage("loss: 1.5; legal: 0 to 1");
        assertThatThrownBy(() -> new Faults(0, Double.NaN, 0, 0, 0)).hasMessage("duplication: NaN; legal: 0 to 1");
        assertThatThrownBy(() -> new Faults(0, 0, -1, 0, 0)).hasMessage("shuffle: -1 ms; legal: 0 to 3600000 ms");
    }

    private static final class Run {
        private final List<Sending> sent = new ArrayList<>();
        private final PlayedCall played;

        Run(Faults faults, long seed) {
            FaultyCall call = new FaultyCall(call(), faults, seed, BEGIN_MS);
            call.forEachRemaining(sent::add);
            played = call.played();
        }
    }

    private static Iterator<AudioSegment> call() {
        return IntStream.range(0, SEGMENTS)
                .mapToObj(i -> segment(i / CHANNELS, i % CHANNELS))
                .iterator();
    }

    private static AudioSegment segment(int sequence, int channel) {
        return AudioSegment.newBuilder()
                .setTenant("acme")
                .setCallId("call")
                .setChannel(channel)
                .setSequence(sequence)
                .setCallStartEpochMs(Instant.EPOCH)
                .setStartMs((long) sequence * SEGMENT_MS)
                .setEncoding(AudioEncoding.MULAW)
                .setSampleRateHz(8000)
                .setPayload(ByteBuffer.allocate(8 * SEGMENT_MS))
                .setLastOfChannel(sequence == STRETCHES - 1)
                .build();
    }

    private static Piece piece(AudioSegment segment) {
        return new Piece(
                segment.getChannel(),
                segment.getStreamEpoch(),
                segment.getSequence(),
                segment.getStartMs(),
                SegmentTime.endMs(segment));
    }

    private static String where(Piece piece) {
        return piece.channel() + "/" + piece.startMs();
    }
}
