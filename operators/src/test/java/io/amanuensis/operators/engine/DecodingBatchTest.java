package io.amanuensis.operators.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.engine.Decoding;
import io.amanuensis.engine.DecodingOptions;
import io.amanuensis.engine.EngineException;
import io.amanuensis.engine.Status;
import io.amanuensis.schemas.DeadLetterCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.metrics.SimpleCounter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DecodingBatchTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int SAMPLES = 16_000;
    private static final List<DecodingOptions> ONCE = attempts(0.0);

    private final FakeDecoder decoder = new FakeDecoder();
    /** Windows whose words are not wanted. */
    private final Set<Integer> mute = new HashSet<>();

    private final EngineCounters counters = new EngineCounters(new SimpleCounter(), new SimpleCounter());
    private final DecodingBatch batch = new DecodingBatch(
            "decode",
            4,
            TIMEOUT,
            decoder::open,
            new DecodingBatch.Judge() {
                @Override
                public boolean isGood(Decoding decoding) {
                    return decoding.averageLogProbability() >= -1;
                }

                @Override
                public boolean wantsWords(Decoding decoding) {
                    return !mute.contains(decoding.tokens()[0]);
                }
            },
            counters,
            () -> decoder.nanos);

    @AfterEach
    void closesEveryDecoderThatItOpened() {
        batch.close();
        assertThat(decoder.open).isZero();
    }

    @Test
    void opensADecoderWhenTheFirstWindowJoinsAndHasRoomForItsCapacity() {
        assertThat(decoder.opened).isZero();
        assertThat(batch.hasRoom()).isTrue();
        add(1, 2, 3);
        assertThat(batch.hasRoom()).isTrue();
        add(4);
        assertThat(batch.hasRoom()).isFalse();
        assertThat(decoder.opened).isEqualTo(1);

        decoder.ending = Set.of(2);
        assertThat(outcomes(batch.advance())).containsExactly("2/0.0");
        assertThat(batch.hasRoom()).isTrue();
        add(5);
        batch.advance();
        assertThat(decoder.advances).containsExactly(List.of(1, 2, 3, 4), List.of(1, 3, 4, 5));
    }

    @Test
    void errorOfOneWindowIsItsFailureAndTheOthersGoOn() {
        decoder.bad.put(2, Status.NUMERIC);
        decoder.badJoining.put(3, Status.OPTION);
        add(1, 2, 3);
        assertThat(outcomes(drain())).containsExactlyInAnyOrder("1/0.0", "2 ENGINE_INPUT", "3 ENGINE_INPUT");
        assertThat(decoder.opened).isEqualTo(1);
        assertThat(counters.retries().getCount()).isZero();
    }

    @Test
    void breakdownIsTriedAgainWindowByWindowInAnotherDecoder() {
        decoder.breaking.put(2, Status.INTERNAL);
        decoder.breaking.put(4, Status.DEVICE);
        add(1, 2, 3, 4);
        assertThat(batch.advance()).isEmpty();
        assertThat(batch.hasRoom()).as("while windows are tried alone").isFalse();
        assertThat(outcomes(drain())).containsExactly("1/0.0", "2 ENGINE_FAILURE", "3/0.0", "4 ENGINE_DEVICE");
        assertThat(decoder.advances)
                .containsExactly(List.of(1, 2, 3, 4), List.of(1), List.of(2), List.of(3), List.of(4));
        assertThat(counters.retries().getCount()).isEqualTo(1);
        assertThat(batch.hasRoom()).isTrue();
        add(5);
        assertThat(outcomes(batch.advance())).containsExactly("5/0.0");
    }

    @Test
    void nobodyJoinsAWindowThatIsTriedAlone() {
        decoder.breaking.put(2, Status.DEVICE);
        decoder.ending = Set.of();
        add(1, 2);
        batch.advance();
        batch.advance();
        assertThat(decoder.advances).endsWith(List.of(1));
        assertThat(batch.hasRoom()).isFalse();
        decoder.ending = null;
        assertThat(outcomes(drain())).containsExactly("1/0.0", "2 ENGINE_DEVICE");
    }

    @Test
    void breakdownInJoiningAndInAResultIsOneOfAllWindows() {
        decoder.badJoining.put(3, Status.INTERNAL);
        add(1, 2, 3);
        assertThat(outcomes(drain())).containsExactly("1/0.0", "2/0.0", "3 ENGINE_FAILURE");

        decoder.bad.put(5, Status.INTERNAL);
        add(4, 5, 6);
        assertThat(outcomes(drain())).containsExactlyInAnyOrder("4/0.0", "5 ENGINE_FAILURE", "6/0.0");
    }

    @Test
    void windowThatTakesTooLongIsItsFailureAndTheOthersGoOn() {
        decoder.ending = Set.of(2);
        decoder.advanceTime = Duration.ofSeconds(6);
        add(1, 2);
        assertThat(outcomes(batch.advance())).containsExactly("2/0.0");
        assertThat(decoder.lastTimeout).isEqualTo(TIMEOUT);
        add(3);
        assertThat(outcomes(batch.advance())).containsExactly("1 ENGINE_DEADLINE");
        assertThat(decoder.lastTimeout).as("what was left to the first").isEqualTo(Duration.ofSeconds(4));
        decoder.ending = null;
        decoder.advanceTime = Duration.ofSeconds(1);
        assertThat(outcomes(batch.advance())).containsExactly("3/0.0");
        assertThat(decoder.advances).containsExactly(List.of(1, 2), List.of(1, 3), List.of(3));
        assertThat(counters.timeouts().getCount()).isEqualTo(1);
    }

    @Test
    void timeIsSharedEquallyByTheWindowsThatWereThere() {
        decoder.ending = Set.of(2);
        decoder.advanceTime = Duration.ofMillis(100);
        add(1, 2);
        assertThat(batch.advance()).extracting(DecodingBatch.Ended::decodeMs).containsExactly(50.0);
        decoder.ending = null;
        assertThat(batch.advance()).extracting(DecodingBatch.Ended::decodeMs).containsExactly(150.0);
    }

    @Test
    void windowIsDecodedWithItsNextOptionsUntilTheResultIsGood() {
        batch.add(1, states(1), SAMPLES, attempts(0, 0.2, 0.6, 0.8));
        add(2);
        batch.add(3, states(3), SAMPLES, attempts(0, 0.2));
        assertThat(outcomes(drain())).as("the last result stands").containsExactly("2/0.0", "3/0.2", "1/0.6");
        assertThat(decoder.advances).containsExactly(List.of(1, 2, 3), List.of(1, 3), List.of(1));
    }

    @Test
    void onlyTheResultThatStandsIsAlignedAndOnlyIfItsWordsAreWanted() {
        mute.add(2);
        decoder.alignTime = Duration.ofMillis(7);
        batch.add(1, states(1), 4_000, attempts(0, 0.2, 0.6));
        add(2);
        assertThat(drain())
                .extracting(DecodingBatch.Ended::id, DecodingBatch.Ended::words, DecodingBatch.Ended::alignMs)
                .containsExactly(tuple(2L, null, 0.0), tuple(1L, List.of(new AlignedWord("de[1]", 0, 4_000, 1)), 7.0));
    }

    @Test
    void alignmentThatFailsIsTheFailureOfItsWindowAlone() {
        decoder.badAlignment.put(2, Status.NUMERIC);
        add(1, 2, 3);
        assertThat(outcomes(drain())).containsExactlyInAnyOrder("1/0.0", "2 ENGINE_INPUT", "3/0.0");
        decoder.badAlignment.put(5, Status.DEVICE);
        add(4, 5);
        assertThat(outcomes(drain())).containsExactlyInAnyOrder("4/0.0", "5 ENGINE_DEVICE");
    }

    @Test
    void whatNoWindowIsToBlameForIsThrown() {
        for (Status status : List.of(Status.CANCELLED, Status.MEMORY, Status.MODEL)) {
            decoder.breaking.put(1, status);
            add(1);
            assertThatThrownBy(batch::advance).isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.status())
                    .isEqualTo(status));
            batch.close();
        }
    }

    @Test
    void interruptReachesTheDecoderIfThereIsOne() {
        batch.interrupt();
        add(1);
        batch.interrupt();
        assertThat(decoder.interrupts).isEqualTo(1);
    }

    private void add(int... names) {
        for (int name : names) {
            batch.add(name, states(name), SAMPLES, ONCE);
        }
    }

    private static byte[] states(int name) {
        return new byte[] {(byte) name};
    }

    private List<DecodingBatch.Ended> drain() {
        List<DecodingBatch.Ended> all = new ArrayList<>();
        for (int advances = 0; advances < 10; advances++) {
            all.addAll(batch.advance());
        }
        return all;
    }

    private static List<String> outcomes(List<DecodingBatch.Ended> ended) {
        return ended.stream()
                .map(window -> window.failure() == null ? window.decoding().text() : window.id() + " " + cause(window))
                .toList();
    }

    private static DeadLetterCause cause(DecodingBatch.Ended window) {
        assertThat(window.decoding()).isNull();
        assertThat(window.failure().stage()).isEqualTo("decode");
        return window.failure().cause();
    }

    private static List<DecodingOptions> attempts(double... temperatures) {
        List<DecodingOptions> attempts = new ArrayList<>();
        for (double temperature : temperatures) {
            attempts.add(DecodingOptions.defaults().withLanguage("de").withTemperature(temperature));
        }
        return attempts;
    }
}
