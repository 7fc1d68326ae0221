package io.amanuensis.operators.decode;

import io.amanuensis.engine.DecoderOptions;
import io.amanuensis.engine.DecodingOptions;
import java.io.Serializable;

/**
 * How {@code decode} makes text.
 *
 * @param options its language holds for windows without a language hint, its temperature is the fallback's affair
 * @param windows in the running batch at a time, at least 1; with {@code beamSize} sequences each they must fit into the
 *     decoder's 256
 * @param cache how keys and values are kept
 * @param fallback at which temperatures
 */
public record DecodeSettings(
        DecodingOptions options, int windows, DecoderOptions.Cache cache, TemperatureFallback fallback)
        implements Serializable {

    /** Greedily, without fallback, sixteen windows at a time. */
    public static final DecodeSettings DEFAULT =
            new DecodeSettings(DecodingOptions.defaults(), 16, DecoderOptions.Cache.AUTO, TemperatureFallback.NONE);

    public DecodeSettings {
        if (windows < 1) {
            throw new IllegalArgumentException("windows is " + windows + ", must be at least 1");
        }
    }

    DecoderOptions decoder() {
        return new DecoderOptions(windows * options.beamSize(), cache, true);
    }
}
