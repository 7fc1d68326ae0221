package io.amanuensis.operators.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.engine.DecoderOptions;
import io.amanuensis.engine.DecodingOptions;
import io.amanuensis.engine.EngineException;
import io.amanuensis.engine.ModelOptions;
import io.amanuensis.engine.Status;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NativeRunningDecoderTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final DecodingOptions OPTIONS = DecodingOptions.defaults();

    private final SpeechEngine engine =
            NativeSpeechEngine.provider(null, ModelOptions.echo(), TIMEOUT).open();
    private final RunningDecoder decoder = engine.openDecoder(DecoderOptions.defaults());

    @AfterEach
    void close() {
        decoder.close();
        engine.close();
    }

    @Test
    void interruptionThatComesBeforeItsAdvanceEndsItAndNothingIsLost() {
        long ticket = decoder.add(states(), OPTIONS);
        decoder.interrupt();
        assertThat(decoder.advance(TIMEOUT)).isEmpty();
        assertThat(decoder.advance(TIMEOUT)).containsExactly(ticket);
        String text = decoder.result(ticket).text();
        assertThat(text).isNotEmpty();

        decoder.retry(ticket, OPTIONS);
        assertThat(decoder.advance(TIMEOUT)).containsExactly(ticket);
        assertThat(decoder.result(ticket).text()).isEqualTo(text);
        decoder.remove(ticket);
        assertThat(decoder.advance(TIMEOUT)).isEmpty();
    }

    @Test
    void cancelledEngineAdvancesNoMore() {
        decoder.add(states(), OPTIONS);
        engine.cancel();
        for (int i = 0; i < 2; i++) {
            decoder.interrupt();
            assertThatThrownBy(() -> decoder.advance(TIMEOUT))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.status()).isEqualTo(Status.CANCELLED));
        }
    }

    @Test
    void memoryOfTheDecoderIsTheEngines() {
        byte[] states = states();
        long before = engine.memoryBytes();
        decoder.add(states, OPTIONS);
        assertThat(engine.memoryBytes()).isGreaterThanOrEqualTo(before + states.length);
    }

    @Test
    void lateInterruptionOfAClosedDecoderIsHarmless() {
        decoder.close();
        decoder.interrupt();
    }

    private byte[] states() {
        short[] samples = new short[16_000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) (1000 * Math.sin(i * 0.01));
        }
        return engine.encode(List.of(engine.logMel(samples)), new int[] {samples.length})
                .get(0);
    }
}
