package io.amanuensis.operators.findspeech;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.engine.DecoderOptions;
import io.amanuensis.engine.Decoding;
import io.amanuensis.engine.DecodingOptions;
import io.amanuensis.engine.ModelOptions;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.engine.NativeSpeechEngine;
import io.amanuensis.operators.engine.RunningDecoder;
import io.amanuensis.operators.engine.SpeechEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speech at -6 dB in the noise of a telephone line: what the model makes words of when it is handed the exact cut, the detector
 * must find.
 */
class NoisySpeechTest {
    private static final Logger LOG = LoggerFactory.getLogger(NoisySpeechTest.class);
    private static final int LEAD_SAMPLES = 32_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Path MODEL = Path.of("../native/demo-model/model").toAbsolutePath();

    /** At -6 dB the demo model makes something of a few only, so it is asked at less noise, too. */
    @ParameterizedTest
    @ValueSource(doubles = {-6, 0, 6})
    void noUtteranceIsMissedThatTheModelTranscribes(double snrDb) throws Exception {
        List<String> missed = new ArrayList<>();
        int transcribed = 0;
        int found = 0;
        long seed = 0;
        try (SpeechEngine engine = NativeSpeechEngine.provider(MODEL.toString(), ModelOptions.cpu(), TIMEOUT)
                        .open();
                RunningDecoder decoder = engine.openDecoder(DecoderOptions.defaults())) {
            for (TestSet.Channel channel : TestSet.files()) {
                if (channel.words().isEmpty() || channel.sampleRateHz() != 16_000) {
                    continue;
                }
                int start =
                        LEAD_SAMPLES + (int) (16_000 * channel.words().get(0).start());
                int end = LEAD_SAMPLES
                        + (int) (16_000
                                * channel.words()
                                        .get(channel.words().size() - 1)
                                        .end());
                short[] line = onANoisyLine(channel.samples(), start - LEAD_SAMPLES, end - LEAD_SAMPLES, snrDb, seed++);
                Utterances heard = Utterances.of(line, FindSpeechSettings.DEFAULT, engine.windowSamples(), 4000);
                double covered = covered(heard, start, end);
                found += covered > 0.5 ? 1 : 0;
                if (isTranscribed(engine, decoder, Arrays.copyOfRange(line, start, end), channel)) {
                    transcribed++;
                    if (covered <= 0.5) {
                        missed.add("%s: %.0f %% covered".formatted(channel.name(), 100 * covered));
                    }
                }
            }
        }
        LOG.info(
                "At {} dB the model transcribes {} utterances of {}, the detector finds {}",
                snrDb,
                transcribed,
                seed,
                found);
        assertThat(transcribed).isPositive();
        assertThat(missed).isEmpty();
    }

    /** Not no speech by Whisper's rule, and at least one of the words is right. */
    private static boolean isTranscribed(
            SpeechEngine engine, RunningDecoder decoder, short[] cut, TestSet.Channel channel) {
        byte[] states = engine.encode(List.of(engine.logMel(cut)), new int[] {cut.length})
                .get(0);
        long ticket = decoder.add(states, DecodingOptions.defaults().withLanguage("en"));
        while (decoder.advance(TIMEOUT).length == 0) {
            // an advance may end before the only window does
        }
        Decoding decoding = decoder.result(ticket);
        decoder.remove(ticket);
        if (decoding.noSpeechProbability() > 0.6 && decoding.averageLogProbability() < -1) {
            return false;
        }
        Set<String> said = new HashSet<>();
        channel.words().forEach(word -> said.add(plain(word.text())));
        return Arrays.stream(decoding.text().split(" "))
                .map(NoisySpeechTest::plain)
                .anyMatch(said::contains);
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replaceAll("[^a-z']", "");
    }

    private static double covered(Utterances heard, int start, int end) {
        long covered = 0;
        for (PcmWindow window : heard.windows) {
            long from = Math.max(start, window.info().startSample);
            long to = Math.min(end, window.info().startSample + window.info().sampleCount);
            covered += Math.max(0, to - from);
        }
        return (double) covered / (end - start);
    }

    /** The band of a telephone, noise of all its frequencies from 2 s before to 2 s after, louder than the speech. */
    private static short[] onANoisyLine(short[] utterance, int speechStart, int speechEnd, double snrDb, long seed) {
        double[] speech = new double[LEAD_SAMPLES + utterance.length + LEAD_SAMPLES];
        for (int i = 0; i < utterance.length; i++) {
            speech[LEAD_SAMPLES + i] = utterance[i];
        }
        double[] noise = new Random(seed).doubles(speech.length, -1, 1).toArray();
        speech = TelephoneBand.filtered(speech);
        noise = TelephoneBand.filtered(noise);
        double speechLevel = level(speech, LEAD_SAMPLES + speechStart, LEAD_SAMPLES + speechEnd);
        double factor = speechLevel * Math.pow(10, -snrDb / 20) / level(noise, 0, noise.length);
        double[] line = new double[speech.length];
        double peak = 0;
        for (int i = 0; i < line.length; i++) {
            line[i] = speech[i] + factor * noise[i];
            peak = Math.max(peak, Math.abs(line[i]));
        }
        short[] samples = new short[line.length];
        for (int i = 0; i < line.length; i++) {
            samples[i] = (short) Math.round(line[i] / peak * 20_000);
        }
        return samples;
    }

    private static double level(double[] sound, int from, int to) {
        double squares = 0;
        for (int i = from; i < to; i++) {
            squares += sound[i] * sound[i];
        }
        return Math.sqrt(squares / (to - from));
    }
}
