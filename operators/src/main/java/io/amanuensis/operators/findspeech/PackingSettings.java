package io.amanuensis.operators.findspeech;

import java.io.Serializable;

/**
 * Whether short utterances of a channel share a window of the model.
 *
 * @param enabled false: each has a window of its own
 * @param maxWaitMs sound of the channel that an utterance waits for others, at most
 */
public record PackingSettings(boolean enabled, int maxWaitMs) implements Serializable {
    private static final long serialVersionUID = 1;

    public static final int DEFAULT_WAIT_MS = 30_000;
    public static final PackingSettings OFF = new PackingSettings(false, DEFAULT_WAIT_MS);

    public PackingSettings {
        if (maxWaitMs < 1000 || maxWaitMs > 600_000) {
            throw new IllegalArgumentException("maxWaitMs is " + maxWaitMs + ", must be 1000 to 600000");
        }
    }
}
