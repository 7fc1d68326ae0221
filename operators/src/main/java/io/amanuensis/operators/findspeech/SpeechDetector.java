package io.amanuensis.operators.findspeech;

import java.io.Serializable;

/**
 * Tells frames with speech from frames without. Without state of its own: what it remembers of a channel is handed in and
 * kept with the channel, so that one detector serves all and a restore goes on where the checkpoint was.
 *
 * <p>Must be a function of the samples alone. Called for every frame of a channel once, in order; frames do not reach across
 * a gap, the memory does.
 */
public interface SpeechDetector extends Serializable {
    /** Samples of a frame at 16 kHz. The first and the last frame of a channel or beside a gap may be shorter, never empty. */
    int frameSamples();

    /** Which kind of memory this is. State that holds another kind, of a job that had another detector, is replaced by new memory. */
    int memoryVersion();

    /** Memory of a channel of which nothing has been heard. */
    float[] newMemory();

    /**
     * Judges one frame.
     *
     * @param samples signed 16-bit, un-normalised
     * @param count samples that count, from the first
     * @param memory of the channel; to be updated
     * @param speaking whether an utterance is under way, which a detector may want weaker evidence to go on with than to begin
     */
    boolean hearsSpeech(short[] samples, int count, float[] memory, boolean speaking);
}
