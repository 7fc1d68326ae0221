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
 */
public record DecodingOptions(String language, Task task, boolean timestamps, int maxTokens) implements Serializable {
    /** What the text is to be. */
    public enum Task {
        TRANSCRIBE,
        TRANSLATE
    }

    /** The language of each window is the most probable one. */
    public static final String AUTO = "auto";

    private static final Pattern LANGUAGE = Pattern.compile("auto|[a-z]{2,3}");

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
    }

    /** Transcribe with segment times in the model's default language, to the model's default length. */
    public static DecodingOptions defaults() {
        return new DecodingOptions(null, Task.TRANSCRIBE, true, 0);
    }

    public DecodingOptions withLanguage(String newLanguage) {
        return new DecodingOptions(newLanguage, task, timestamps, maxTokens);
    }

    public DecodingOptions withTask(Task newTask) {
        return new DecodingOptions(language, newTask, timestamps, maxTokens);
    }

    public DecodingOptions withTimestamps(boolean newTimestamps) {
        return new DecodingOptions(language, task, newTimestamps, maxTokens);
    }

    public DecodingOptions withMaxTokens(int newMaxTokens) {
        return new DecodingOptions(language, task, timestamps, newMaxTokens);
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
        return options;
    }
}
