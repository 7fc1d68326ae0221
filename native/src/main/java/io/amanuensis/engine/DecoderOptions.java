package io.amanuensis.engine;

import java.io.Serializable;
import java.util.Locale;
import java.util.Map;

/**
 * How much a {@link Decoder} holds.
 *
 * @param windows sequences in memory together, 1 to 256; a window takes one, or as many as its beam is wide
 * @param cache how keys and values are kept
 * @param wordTimes whether what {@link Decoder#align} needs is kept; without, it fails
 */
public record DecoderOptions(int windows, Cache cache, boolean wordTimes) implements Serializable {
    /** Of int8, those of tokens are bf16. */
    public enum Cache {
        /** As the model's precision. */
        AUTO,
        F32,
        BF16,
        INT8
    }

    private static final int DEFAULT_WINDOWS = 16;
    private static final int MOST_WINDOWS = 256;

    public DecoderOptions {
        if (windows < 1 || windows > MOST_WINDOWS) {
            throw new IllegalArgumentException("windows is %d; legal are 1 to %d".formatted(windows, MOST_WINDOWS));
        }
        if (cache == null) {
            throw new IllegalArgumentException("kv-cache is null; legal are AUTO, F32, BF16 and INT8");
        }
    }

    /** Sixteen windows, kept as the model's precision. */
    public static DecoderOptions defaults() {
        return new DecoderOptions(DEFAULT_WINDOWS, Cache.AUTO, true);
    }

    public DecoderOptions withWindows(int newWindows) {
        return new DecoderOptions(newWindows, cache, wordTimes);
    }

    public DecoderOptions withCache(Cache newCache) {
        return new DecoderOptions(windows, newCache, wordTimes);
    }

    public DecoderOptions withWordTimes(boolean newWordTimes) {
        return new DecoderOptions(windows, cache, newWordTimes);
    }

    /** The keys and values of am_decoder_open. */
    Map<String, String> toNative() {
        return Map.of(
                "windows",
                Integer.toString(windows),
                "kv-cache",
                cache.name().toLowerCase(Locale.ROOT),
                "word-times",
                wordTimes ? "on" : "off");
    }
}
