package io.amanuensis.job.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.amanuensis.engine.Decoder;
import io.amanuensis.engine.DecoderOptions;
import io.amanuensis.engine.DecodingOptions;
import io.amanuensis.engine.Model;
import io.amanuensis.engine.ModelOptions;
import io.amanuensis.engine.Session;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What two slots take outside the Java heap, by the formula of README.md, "Memory outside the Java heap", and by the library's count. */
class MemoryFormulaTest {
    private static final int SLOTS = 2;
    private static final int ENCODED_TOGETHER = 8;
    private static final int DECODED_TOGETHER = 16;
    private static final int PARTIALS_TOGETHER = 4;
    private static final int TOKENS = 60;
    private static final DecodingOptions SIXTY_TOKENS =
            DecodingOptions.defaults().withMinTokens(TOKENS).withMaxTokens(TOKENS);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"TINY, bf16", "TINY, int8", "TINY, f32", "DEMO, f32"})
    void measuredIsWhatTheFormulaSays(WhisperSize size, String precision) throws Exception {
        Path weights = folder.resolve("model");
        RandomModel.write(weights, size.shape(), 1);
        try (Model model = Model.open(weights, ModelOptions.cpu().withPrecision(precision))) {
            long finals = slot(model, ENCODED_TOGETHER, DECODED_TOGETHER, true);
            long partials = slot(model, PARTIALS_TOGETHER, PARTIALS_TOGETHER, false);
            Formula formula = new Formula(size.shape(), precision);
            long predicted = formula.weights()
                    + SLOTS
                            * (formula.slot(ENCODED_TOGETHER, DECODED_TOGETHER, true)
                                    + formula.slot(PARTIALS_TOGETHER, PARTIALS_TOGETHER, false));
            assertThat(model.weightBytes() + SLOTS * (finals + partials)).isCloseTo(predicted, withinPercentage(10));
        }
    }

    /** Featurize, encode and decode each have their own session or decoder. */
    private static long slot(Model model, int encoded, int decoded, boolean wordTimes) {
        try (Session featurize = model.openSession();
                Session encode = model.openSession();
                Decoder decoder = model.openDecoder(
                        DecoderOptions.defaults().withWindows(decoded).withWordTimes(wordTimes))) {
            short[] samples = new short[model.windowSamples()];
            for (int i = 0; i < samples.length; i++) {
                samples[i] = (short) (i * 7919 % 4001 - 2000);
            }
            float[] mel = new float[model.melLength()];
            featurize.logMel(samples, 0, samples.length, mel);
            List<byte[]> states = encode.encode(Collections.nCopies(encoded, mel), null);
            for (int i = 0; i < decoded; i++) {
                decoder.add(states.get(i % encoded), SIXTY_TOKENS, null).orElseThrow();
            }
            for (int done = 0; done < decoded; ) {
                for (long ticket : decoder.advance(null)) {
                    int[] tokens = decoder.result(ticket).tokens();
                    if (wordTimes) {
                        decoder.align(ticket, tokens, samples.length, "en", null);
                    }
                    done++;
                }
            }
            return featurize.memoryBytes() + encode.memoryBytes() + decoder.memoryBytes();
        }
    }

    /** Bytes; letters as there. */
    private record Formula(WhisperShape shape, String precision) {
        long weights() {
            return RandomModel.parameters(shape) * ofPrecision(4, 2, 1);
        }

        long slot(long encoded, long decoded, boolean wordTimes) {
            long positions = shape.sourcePositions();
            long width = shape.width();
            long logMel = 4L * shape.melBins() * 2 * positions;
            long states = 2 * positions * width;
            long keysAndValues = shape.decoderLayers() * 2L * width;
            long source = keysAndValues * positions * ofPrecision(4, 2, 1);
            long past = keysAndValues * shape.targetPositions() * ofPrecision(4, 2, 2);
            long vocabulary = shape.vocabularySize();
            long featurize = 6L * shape.windowSeconds() * WhisperShape.SAMPLE_RATE_HZ + logMel;
            long encode = encoded * (logMel + states) + positions * width * ofPrecision(44, 24, 21);
            long trace = wordTimes ? 2L * shape.alignmentHeads().size() * positions * ((TOKENS + 1 + 15) / 16 * 16) : 0;
            long decode = decoded * (source + past + 4 * vocabulary + trace)
                    + past
                    + 256 * vocabulary
                    + states
                    + 12 * positions * width;
            return featurize + encode + decode;
        }

        private long ofPrecision(long f32, long bf16, long int8) {
            return switch (precision) {
                case "f32" -> f32;
                case "bf16" -> bf16;
                case "int8" -> int8;
                default -> throw new IllegalArgumentException(precision);
            };
        }
    }
}
