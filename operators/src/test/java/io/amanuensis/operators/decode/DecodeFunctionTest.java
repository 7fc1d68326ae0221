package io.amanuensis.operators.decode;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.engine.DecodingOptions;
import io.amanuensis.engine.ModelOptions;
import io.amanuensis.operators.device.Level;
import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.DecodedWindow;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.operators.engine.NativeSpeechEngine;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.operators.microbatch.ContinuousFunction.Result;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetterCause;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

/** On the echo back end, which knows English and German, and says other words at another temperature. */
class DecodeFunctionTest {
    private static final int SAMPLES = 16_000;
    private static final MetricGroup METRICS = new UnregisteredMetricsGroup();
    private static final SpeechEngine.Provider ECHO =
            NativeSpeechEngine.provider(null, ModelOptions.echo(), Duration.ofSeconds(30));

    @Test
    void eachWindowIsDecodedInItsOwnLanguageAndOneWithAnUnknownOneFailsAlone() {
        Map<Long, DecodedWindow> decoded =
                decode(DecodeSettings.DEFAULT, encoded(0, null), encoded(1, "de"), encoded(2, "xx"), encoded(3, "en"));
        assertThat(language(decoded, 0)).isEqualTo("en");
        assertThat(language(decoded, 1)).isEqualTo("de");
        assertThat(language(decoded, 3)).isEqualTo("en");
        assertThat(decoded.get(2L).hypothesis()).isNull();
        assertThat(decoded.get(2L).failure().stage()).isEqualTo("decode");
        assertThat(decoded.get(2L).failure().cause()).isEqualTo(DeadLetterCause.ENGINE_INPUT);
        assertThat(decoded.get(2L).failure().message()).contains("xx");
    }

    @Test
    void windowThatFailedBeforeKeepsItsFailureAndIsNotDecoded() {
        WindowFailure failure = new WindowFailure("encode", DeadLetterCause.ENGINE_DEADLINE, "too slow");
        EncodedWindow failed = EncodedWindow.failed(encoded(0, null).info(), null, failure);
        Map<Long, DecodedWindow> decoded = decode(DecodeSettings.DEFAULT, failed, encoded(1, null));
        assertThat(decoded.get(0L).failure()).isEqualTo(failure);
        assertThat(decoded.get(1L).failure()).isNull();
    }

    @Test
    void windowThatAnotherModelEncodedIsNotDecoded() {
        EncodedWindow own = encoded(0, null);
        EncodedWindow others = new EncodedWindow(
                own.info(),
                own.states(),
                own.checksum(),
                new EngineFacts("other", "0123abcd", "cpu", own.engine().libraryBuild()),
                own.featurizeMs(),
                own.encodeMs(),
                own.level(),
                null);
        Map<Long, DecodedWindow> decoded = decode(DecodeSettings.DEFAULT, others, encoded(1, null));
        assertThat(decoded.get(0L).hypothesis()).isNull();
        assertThat(decoded.get(0L).failure().cause()).isEqualTo(DeadLetterCause.ENGINE_INPUT);
        assertThat(decoded.get(0L).failure().message())
                .contains("other (0123abcd)", own.engine().modelHash());
        assertThat(decoded.get(1L).failure()).isNull();
    }

    @Test
    void textThatIsNotGoodIsDecodedAtTheNextTemperature() {
        String greedy = text(decode(DecodeSettings.DEFAULT, encoded(0, null)));
        String drawn = text(decode(repeatsAlways(List.of(0.4)), encoded(0, null)));
        assertThat(drawn).isNotEqualTo(greedy);
        assertThat(text(decode(repeatsAlways(List.of(0.0, 0.2, 0.4)), encoded(0, null))))
                .isEqualTo(drawn);
    }

    /** Level 3: greedy, once, and without word times, whatever the settings. */
    @Test
    void windowForCheaperDecodingIsDecodedOnceAndHasNoWords() {
        DecodeSettings dear = new DecodeSettings(
                DecodingOptions.defaults().withBeamSize(3),
                2,
                DecodeSettings.DEFAULT.cache(),
                new TemperatureFallback(List.of(0.2, 0.4), 0, NoSpeechRule.WHISPER));
        DecodedWindow full = decode(DecodeSettings.DEFAULT, encoded(0, null)).get(0L);
        DecodedWindow cheaper =
                decode(dear, encoded(0, null).atLevel(Level.CHEAPER_DECODING)).get(0L);
        assertThat(cheaper.hypothesis()).usingRecursiveComparison().isEqualTo(full.hypothesis());
        assertThat(full.words()).isNotEmpty();
        assertThat(cheaper.words()).isNull();
        assertThat(cheaper.encoded().level()).isEqualTo(Level.CHEAPER_DECODING);
        assertThat(decode(dear, encoded(0, null)).get(0L).words()).isNotEmpty();
    }

    /** As many windows as fit, each with a beam: the decoder has room for all their sequences. */
    @Test
    void decoderHasRoomForTheBeamOfEveryWindow() {
        DecodeSettings settings = new DecodeSettings(
                DecodingOptions.defaults().withBeamSize(3),
                2,
                DecodeSettings.DEFAULT.cache(),
                DecodeSettings.DEFAULT.fallback());
        assertThat(decode(settings, encoded(0, null), encoded(1, null)).values())
                .extracting(DecodedWindow::failure)
                .containsOnlyNulls();
    }

    private static DecodeSettings repeatsAlways(List<Double> temperatures) {
        return new DecodeSettings(
                DecodingOptions.defaults(),
                4,
                DecodeSettings.DEFAULT.cache(),
                new TemperatureFallback(temperatures, 0, NoSpeechRule.WHISPER));
    }

    private static Map<Long, DecodedWindow> decode(DecodeSettings settings, EncodedWindow... windows) {
        DecodeFunction function = new DecodeFunction(ECHO, settings);
        function.open(METRICS);
        try {
            for (int i = 0; i < windows.length; i++) {
                assertThat(function.hasRoom()).isTrue();
                function.add(i, windows[i]);
            }
            Map<Long, DecodedWindow> results = new HashMap<>();
            for (int advances = 0; advances < 10 * windows.length && results.size() < windows.length; advances++) {
                results.putAll(function.advance().stream().collect(toMap(Result::id, Result::output)));
            }
            assertThat(results).hasSize(windows.length);
            return results;
        } finally {
            function.close();
        }
    }

    private static String language(Map<Long, DecodedWindow> decoded, long index) {
        return decoded.get(index).hypothesis().language();
    }

    private static String text(Map<Long, DecodedWindow> decoded) {
        return decoded.get(0L).hypothesis().text();
    }

    private static EncodedWindow encoded(int index, String languageHint) {
        CallChannel channel = new CallChannel("acme", "call", 0, ChannelRole.AGENT, 0, 0, languageHint);
        OffsetRange origin = new OffsetRange("t", 0, index, index);
        WindowInfo info = new WindowInfo(channel, index, (long) index * SAMPLES, SAMPLES, origin);
        try (SpeechEngine engine = ECHO.open()) {
            short[] samples = new short[SAMPLES];
            for (int i = 0; i < SAMPLES; i++) {
                samples[i] = (short) (1000 * Math.sin(i * (index + 1) * 0.01));
            }
            byte[] states = engine.encode(List.of(engine.logMel(samples)), new int[] {samples.length})
                    .get(0);
            return new EncodedWindow(info, states, "", engine.facts(), 0, 0, Level.CPU, null);
        }
    }
}
