package io.amanuensis.operators.decode;

import io.amanuensis.engine.Decoding;
import java.io.Serializable;

/**
 * Whisper's rule for windows without speech: the model says so, and it is not sure of its text either. Empty text is no speech
 * whatever the numbers. Source: openai/whisper transcribe.py, no_speech_threshold and logprob_threshold.
 *
 * @param noSpeechProbability above it nobody speaks, 0 to 1
 * @param averageLogProbability text above it is believed all the same
 */
public record NoSpeechRule(double noSpeechProbability, double averageLogProbability) implements Serializable {
    public static final NoSpeechRule WHISPER = new NoSpeechRule(0.6, -1.0);

    public boolean isSpeech(Decoding decoding) {
        return !isSilence(decoding) && !decoding.text().isEmpty();
    }

    /** What the numbers alone say. */
    boolean isSilence(Decoding decoding) {
        return decoding.noSpeechProbability() > noSpeechProbability
                && decoding.averageLogProbability() < averageLogProbability;
    }
}
