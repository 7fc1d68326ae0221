package io.amanuensis.operators.hypothesize;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.engine.DecoderOptions;
import io.amanuensis.engine.Decoding;
import io.amanuensis.engine.DecodingOptions;
import io.amanuensis.engine.ModelOptions;
import io.amanuensis.engine.States;
import io.amanuensis.operators.decode.DecodeSettings;
import io.amanuensis.operators.decode.NoSpeechRule;
import io.amanuensis.operators.decode.TemperatureFallback;
import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.SpeechNews;
import io.amanuensis.operators.element.UtteranceSoFar;
import io.amanuensis.operators.engine.NativeSpeechEngine;
import io.amanuensis.operators.engine.RunningDecoder;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.schemas.ChannelRole;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

/** On the echo back end, which knows English and German. */
class HypothesizeFunctionTest {
    private static final int SAMPLES = 16_000;
    private static final SpeechEngine.Provider ECHO =
            NativeSpeechEngine.provider(null, ModelOptions.echo(), Duration.ofSeconds(30));

    @Test
    void saysWhatEncoderAndDecoderSayWhateverTheNeighbours() {
        List<UtteranceSoFar> sounds = List.of(sound(0, null), sound(1, "de"), sound(2, null), sound(3, null));
        List<UtteranceSoFar> reversed = new ArrayList<>(sounds);
        Collections.reverse(reversed);
        List<SpeechNews> news = hypotheses(DecodeSettings.DEFAULT, 4, sounds);
        List<SpeechNews> backwards = hypotheses(DecodeSettings.DEFAULT, 4, reversed);
        for (int i = 0; i < sounds.size(); i++) {
            SpeechNews hypothesis = news.get(i);
            assertThat(hypothesis.kind).isEqualTo(SpeechNews.Kind.HYPOTHESIS);
            assertThat(hypothesis.startSample).isEqualTo(100 + i);
            assertThat(hypothesis.endSample).isEqualTo(100 + i + SAMPLES);
            assertThat(hypothesis.closing).isEqualTo(i == 3);
            assertThat(hypothesis.decoded).isEqualTo(alone(sounds.get(i), i == 1 ? "de" : null));
            assertThat(backwards.get(sounds.size() - 1 - i))
                    .usingRecursiveComparison()
                    .isEqualTo(hypothesis);
        }
        assertThat(news).extracting(hypothesis -> hypothesis.decoded.text()).doesNotHaveDuplicates();
    }

    /** The same by the engine's own calls. */
    private static SpeechNews.Decoded alone(UtteranceSoFar sound, String language) {
        try (SpeechEngine engine = ECHO.open();
                RunningDecoder decoder = engine.openDecoder(DecoderOptions.defaults())) {
            byte[] states = engine.encode(List.of(engine.logMel(sound.samples())), new int[] {sound.samples().length})
                    .get(0);
            long ticket = decoder.add(states, DecodingOptions.defaults().withLanguage(language));
            assertThat(decoder.advance(Duration.ofSeconds(30))).containsExactly(ticket);
            Decoding decoding = decoder.result(ticket);
            return new SpeechNews.Decoded(
                    decoding.text(), decoding.language(), States.checksum(states), engine.facts());
        }
    }

    @Test
    void windowWithAnUnknownLanguageFailsAlone() {
        List<SpeechNews> news = hypotheses(DecodeSettings.DEFAULT, 4, List.of(sound(0, null), sound(1, "xx")));
        assertThat(news)
                .extracting(hypothesis -> hypothesis.kind)
                .containsExactly(SpeechNews.Kind.HYPOTHESIS, SpeechNews.Kind.FAILED);
    }

    @Test
    void callThatNeverEndsFailsEachWithinItsDeadline() {
        SpeechEngine.Provider stuck =
                NativeSpeechEngine.provider(null, ModelOptions.echo().withEchoHoldMs(600_000), Duration.ofMillis(50));
        List<SpeechNews> news = hypotheses(stuck, DecodeSettings.DEFAULT, 2, List.of(sound(0, null), sound(1, null)));
        assertThat(news).extracting(hypothesis -> hypothesis.kind).containsOnly(SpeechNews.Kind.FAILED);
    }

    @Test
    void whatTheModelTakesForSilenceSaysNothing() {
        DecodeSettings deaf = new DecodeSettings(
                DecodingOptions.defaults(),
                16,
                DecoderOptions.Cache.AUTO,
                new TemperatureFallback(List.of(0.0), 2.4, new NoSpeechRule(-1, 0)));
        assertThat(hypotheses(deaf, 4, List.of(sound(0, null))))
                .singleElement()
                .satisfies(hypothesis -> assertThat(hypothesis.decoded.text()).isEmpty());
    }

    private static List<SpeechNews> hypotheses(DecodeSettings settings, int batchSize, List<UtteranceSoFar> sounds) {
        return hypotheses(ECHO, settings, batchSize, sounds);
    }

    private static List<SpeechNews> hypotheses(
            SpeechEngine.Provider engine, DecodeSettings settings, int batchSize, List<UtteranceSoFar> sounds) {
        HypothesizeFunction function = new HypothesizeFunction(engine, settings, batchSize);
        function.open(new UnregisteredMetricsGroup());
        try {
            return function.apply(sounds);
        } finally {
            function.close();
        }
    }

    private static UtteranceSoFar sound(int number, String languageHint) {
        CallChannel channel = new CallChannel("acme", "call", 0, ChannelRole.AGENT, 0, 0, languageHint);
        short[] samples = new short[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            samples[i] = (short) (1000 * Math.sin(i * (number + 1) * 0.01));
        }
        return new UtteranceSoFar(channel, 7, 100 + number, number == 3, samples);
    }
}
