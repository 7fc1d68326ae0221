package io.amanuensis.operators.findspeech;

import java.io.Serializable;

/**
 * When {@link NeuralDetector} hears speech.
 *
 * @param threshold probability of speech at which an utterance may begin
 * @param exitThreshold probability at which it goes on
 */
public record NeuralSettings(double threshold, double exitThreshold) implements Serializable {
    private static final long serialVersionUID = 1;

    public static final NeuralSettings DEFAULT = new NeuralSettings(0.85, 0.35);

    public NeuralSettings {
        if (!(0 < exitThreshold && exitThreshold <= threshold && threshold < 1)) {
            throw new IllegalArgumentException(
                    "exitThreshold %s must be above 0 and at most threshold %s, which must be below 1"
                            .formatted(exitThreshold, threshold));
        }
    }
}
