package io.amanuensis.engine;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How to decode; holds for all windows of a call.
 *
 * @param language a code of {@link Model#languages()}, {@code auto} for the most probable one of each window, or null for the
 *     model's default: en if it has that, else auto
 * @param task whether the text is in the speaker's language or in English
 * @param timestamps whether the tokens carry segment times
 * @param maxTokens where a decoding without an end is cut off, 1 to {@link Model#decoderPositions()}; 0 for the model's default,
 *     half of them
 * @param minTokens before as many tokens the text does not end, 0 to {@link Model#decoderPositions()}; for benchmarks
 * @param beamSize sequences that are searched together, 1 to 16; 1 is greedy
 * @param temperature 0 to 2; above 0 tokens are drawn, the same ones for the same states, and {@code beamSize} is 1
 */
public record DecodingOptions(
        String language, Task task, boolean timestamps, int maxTokens, int minTokens, int beamSize, double temperature)
        implements Serializable {
    /** What the text is to be. */
    public enum Task {
        TRANSCRIBE,
        TRANSLATE
    }

    /** The language of each window is the most probable one. */
    public static final String AUTO = "auto";

    private static final Pattern LANGUAGE = Pattern.compile("auto|[a-z]{2,3}");
    private static final int WIDEST_BEAM = 16;
    private static final double HIGHEST_TEMPERATURE = 2;

    public DecodingOptions {
        if (language != null && !LANGUAGE.matcher(language).matches()) {
            throw new IllegalArgumentException(
                    "language is '%s'; legal are auto and the codes of the model, such as en".formatted(language));
        }
        if (task == null) {
            throw new IllegalArgumentException("task is null; legal are TRANSCRIBE and TRANSLATE");
        }
        if (maxTokens < 0) {
            throw new IllegalArgumentException("max-tokens is %d; 0 means the model's default".formatted(maxTokens));
        }
        if (minTokens < 0) {
            throw new IllegalArgumentException("min-tokens is %d; 0 means that any may end it".formatted(minTokens));
        }
        if (beamSize < 1 || beamSize > WIDEST_BEAM) {
            throw new IllegalArgumentException("beam-size is %d; legal are 1 to %d".formatted(beamSize, WIDEST_BEAM));
        }
        if (!(temperature >= 0 && temperature <= HIGHEST_TEMPERATURE)) {
            throw new IllegalArgumentException(
                    "temperature is %s; legal are 0 to %s".formatted(temperature, HIGHEST_TEMPERATURE));
        }
        if (temperature > 0 && beamSize > 1) {
            throw new IllegalArgumentException("beam-size is %d and temperature %s; a beam is searched at temperature 0"
                    .formatted(beamSize, temperature));
        }
    }

    /** Transcribe greedily with segment times in the model's default language, to the model's default length. */
    public static DecodingOptions defaults() {
        return new DecodingOptions(null, Task.TRANSCRIBE, true, 0, 0, 1, 0);
    }

    public DecodingOptions withLanguage(String newLanguage) {
        return new DecodingOptions(newLanguage, task, timestamps, maxTokens, minTokens, beamSize, temperature);
    }

    public DecodingOptions withTask(Task newTask) {
        return new DecodingOptions(language, newTask, timestamps, maxTokens, minTokens, beamSize, temperature);
    }

    public DecodingOptions withTimestamps(boolean newTimestamps) {
        return new DecodingOptions(language, task, newTimestamps, maxTokens, minTokens, beamSize, temperature);
    }

    public DecodingOptions withMaxTokens(int newMaxTokens) {
        return new DecodingOptions(language, task, timestamps, newMaxTokens, minTokens, beamSize, temperature);
    }

    public DecodingOptions withMinTokens(int newMinTokens) {
        return new DecodingOptions(language, task, timestamps, maxTokens, newMinTokens, beamSize, temperature);
    }

    public DecodingOptions withBeamSize(int newBeamSize) {
        return new DecodingOptions(language, task, timestamps, maxTokens, minTokens, newBeamSize, temperature);
    }

    public DecodingOptions withTemperature(double newTemperature) {
        return new DecodingOptions(language, task, timestamps, maxTokens, minTokens, beamSize, newTemperature);
    }

    /** The keys and values of am_decode. */
    Map<String, String> toNative() {
        Map<String, String> options = new LinkedHashMap<>();
        if (language != null) {
            options.put("language", language);
        }
        options.put("task", task.name().toLowerCase(Locale.ROOT));
        options.put("timestamps", timestamps ? "on" : "off");
        if (maxTokens != 0) {
            options.put("max-tokens", Integer.toString(maxTokens));
        }
        if (minTokens != 0) {
            options.put("min-tokens", Integer.toString(minTokens));
        }
        if (beamSize != 1) {
            options.put("beam-size", Integer.toString(beamSize));
        }
        if (temperature != 0) {
            options.put("temperature", Double.toString(temperature));
        }
        return options;
    }
}
