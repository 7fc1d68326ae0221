package io.amanuensis.operators.decode;

import io.amanuensis.engine.Decoding;
import io.amanuensis.engine.DecodingOptions;
import java.io.Serializable;
import java.util.List;

/**
 * Whisper's way out of text that repeats itself or that the model is not sure of: the window is decoded again at the next
 * temperature, and the result of the last one stands. A window without speech is not decoded again. Source: openai/whisper
 * transcribe.py, decode_with_fallback.
 *
 * @param temperatures to try in this order, each 0 to 2; one alone is no fallback
 * @param compressionRatio text that compresses better than this repeats itself
 * @param noSpeech whose average log-probability the text must reach
 */
public record TemperatureFallback(List<Double> temperatures, double compressionRatio, NoSpeechRule noSpeech)
        implements Serializable {

    /** At temperature 0 alone. */
    public static final TemperatureFallback NONE = new TemperatureFallback(List.of(0.0), 2.4, NoSpeechRule.WHISPER);

    public TemperatureFallback {
        if (temperatures.isEmpty()) {
            throw new IllegalArgumentException("temperatures is empty, must name at least one");
        }
        temperatures = List.copyOf(temperatures);
    }

    boolean isGood(Decoding decoding) {
        boolean repeats = decoding.compressionRatio() > compressionRatio;
        boolean unsure = decoding.averageLogProbability() < noSpeech.averageLogProbability();
        return noSpeech.isSilence(decoding) || !(repeats || unsure);
    }

    /** A beam is searched at temperature 0 alone: above it one sequence is drawn. */
    List<DecodingOptions> attempts(DecodingOptions options) {
        return temperatures.stream()
                .map(temperature -> temperature > 0
                        ? options.withBeamSize(1).withTemperature(temperature)
                        : options.withTemperature(temperature))
                .toList();
    }
}
