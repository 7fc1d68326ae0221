package io.amanuensis.operators.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.engine.Decoding;
import io.amanuensis.engine.DecodingOptions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemperatureFallbackTest {
    private static final TemperatureFallback FALLBACK =
            new TemperatureFallback(List.of(0.0, 0.4), 2.4, new NoSpeechRule(0.6, -1.0));

    /** The cases of decode_with_fallback in openai/whisper. */
    @ParameterizedTest
    @CsvSource({
        "2.4, -1.0, 0.0, true",
        "2.5, -0.1, 0.0, false",
        "1.0, -1.1, 0.0, false",
        "1.0, -1.1, 0.7, true",
        "2.5, -1.1, 0.7, true",
        "2.5, -0.9, 0.7, false",
        "1.0, -1.1, 0.6, false",
    })
    void textIsGoodUnlessItRepeatsItselfOrIsUnsureAndSomebodySpeaks(
            double compressionRatio, double averageLogProbability, double noSpeechProbability, boolean good) {
        Decoding decoding = new Decoding(
                new int[0], "text", "en", averageLogProbability, noSpeechProbability, compressionRatio, true);
        assertThat(FALLBACK.isGood(decoding)).isEqualTo(good);
    }

    @Test
    void beamIsSearchedAtTemperatureZeroAlone() {
        DecodingOptions options = DecodingOptions.defaults().withLanguage("de").withBeamSize(5);
        assertThat(FALLBACK.attempts(options))
                .containsExactly(options, options.withBeamSize(1).withTemperature(0.4));
    }

    @Test
    void atLeastOneTemperatureIsNeeded() {
        NoSpeechRule rule = NoSpeechRule.WHISPER;
        assertThatThrownBy(() -> new TemperatureFallback(List.of(), 2.4, rule)).hasMessageContaining("temperatures");
    }
}
