package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Windows that are decoded together, on the network and on echo. */
class DecoderTest {
    private static final DecodingOptions OPTIONS = DecodingOptions.defaults().withMaxTokens(30);

    private static Model open(String backEnd) {
        return Model.open(
                Path.of("demo-model/model"),
                backEnd.equals(ModelOptions.ECHO) ? ModelOptions.echo() : ModelOptions.cpu());
    }

    private static List<byte[]> windows(Session session, int count) {
        List<byte[]> windows = new ArrayList<>();
        for (int seed = 0; seed < count; seed++) {
            float[] mel = Sounds.melOf(session, Sounds.noise(seed, 20_000 + 9_000 * seed));
            windows.addAll(session.encode(List.of(mel), null));
        }
        return windows;
    }

    @ParameterizedTest
    @ValueSource(strings = {ModelOptions.CPU, ModelOptions.ECHO})
    void windowsThatJoinAtAnyTimeSayWhatTheySayAlone(String backEnd) {
        try (Model model = open(backEnd);
                Session session = model.openSession();
                Decoder decoder = model.openDecoder(DecoderOptions.defaults().withWindows(2))) {
            List<byte[]> windows = windows(session, 5);
            Map<Long, Integer> windowOf = new HashMap<>();
            int next = 0;
            int seen = 0;
            while (seen < windows.size()) {
                while (next < windows.size()) {
                    var ticket = decoder.add(windows.get(next), OPTIONS, null);
                    if (ticket.isEmpty()) {
                        assertThat(windowOf).hasSize(2);
                        break;
                    }
                    windowOf.put(ticket.getAsLong(), next++);
                }
                for (long ticket : decoder.advance(null)) {
                    Decoding expected = session.decode(List.of(windows.get(windowOf.remove(ticket))), OPTIONS, null)
                            .get(0);
                    assertThat(decoder.take(ticket)).isEqualTo(expected);
                    seen++;
                }
            }
            assertThat(decoder.advance(null)).isEmpty();
            assertThat(decoder.memoryBytes()).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ModelOptions.CPU, ModelOptions.ECHO})
    void aWindowIsTriedAgainAlignedAndTaken(String backEnd) {
        try (Model model = open(backEnd);
                Session session = model.openSession();
                Decoder decoder = model.openDecoder(DecoderOptions.defaults())) {
            byte[] states = windows(session, 1).get(0);
            long ticket = decoder.add(states, OPTIONS, null).orElseThrow();
            assertThat(decoder.advance(null)).containsExactly(ticket);
            Decoding first = decoder.result(ticket);
            assertThat(decoder.retry(ticket, OPTIONS.withMaxTokens(1))).isTrue();
            assertThat(decoder.advance(null)).containsExactly(ticket);
            assertThat(decoder.result(ticket).tokens()).hasSize(1);
            assertThat(decoder.align(ticket, first.tokens(), 20_000, "en", null))
                    .isEqualTo(session.align(states, first.tokens(), 20_000, "en", null));
            assertThat(decoder.retry(ticket, OPTIONS)).isTrue();
            decoder.advance(null);
            assertThat(decoder.take(ticket)).isEqualTo(first);
            assertStatus(() -> decoder.take(ticket), Status.ARGUMENT, "has left");
        }
    }

    @Test
    void whatEndsACallLeavesTheWindows() {
        try (Model model = open(ModelOptions.CPU);
                Session session = model.openSession();
                Decoder decoder = model.openDecoder(DecoderOptions.defaults());
                Call call = Call.open()) {
            byte[] states = windows(session, 1).get(0);
            long ticket = decoder.add(states, OPTIONS, null).orElseThrow();
            call.start(Duration.ofMinutes(1));
            call.cancel();
            assertStatus(() -> decoder.advance(call), Status.CANCELLED, "am_call_cancel");
            assertStatus(() -> decoder.take(ticket), Status.ARGUMENT, "still being decoded");
            assertThat(decoder.advance(null)).containsExactly(ticket);
            assertThat(decoder.take(ticket))
                    .isEqualTo(session.decode(List.of(states), OPTIONS, null).get(0));
            long removed = decoder.add(states, OPTIONS, null).orElseThrow();
            decoder.remove(removed);
            assertThat(decoder.advance(null)).isEmpty();
        }
    }

    @Test
    void faultsOfTheInputSayWhatIsWrong() {
        try (Model model = open(ModelOptions.ECHO);
                Decoder decoder = model.openDecoder(DecoderOptions.defaults().withWindows(2))) {
            assertStatus(
                    () -> decoder.add(new byte[3], OPTIONS, null), Status.ARGUMENT, "3 bytes", "1 to 500 positions");
            byte[] states = new byte[model.stateBytes()];
            assertStatus(() -> decoder.add(states, OPTIONS.withBeamSize(3), null), Status.OPTION, "beam-size", "2");
            assertStatus(() -> decoder.remove(7), Status.ARGUMENT, "ticket 7");
        }
    }

    @Test
    void aDecoderOutlivesTheCloseOfItsModelAndClosesOnce() {
        Model model = open(ModelOptions.ECHO);
        Decoder decoder = model.openDecoder(DecoderOptions.defaults());
        model.close();
        assertThat(decoder.advance(null)).isEmpty();
        decoder.close();
        decoder.close();
        assertThat(model.handle().isFreed()).isTrue();
        assertThatThrownBy(() -> decoder.advance(null)).hasMessage("This decoder is closed");
    }

    private static void assertStatus(Runnable use, Status status, String... parts) {
        assertThatThrownBy(use::run)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.status()).isEqualTo(status))
                .hasMessageContainingAll(parts);
    }
}
