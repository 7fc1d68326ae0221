package io.amanuensis.operators.findspeech;

import java.io.Serializable;

/**
 * Says of each frame how sure it is that somebody speaks. Without state of its own: what it remembers of a channel is handed in
 * and kept with the channel, so that one detector serves all and a restore goes on where the checkpoint was.
 *
 * <p>Must be a function of the samples alone. Hears every frame of a channel once, in order, any number of them at a time; frames
 * do not reach across a gap, the memory does.
 */
public interface SpeechDetector extends Serializable {
    /** Certainty of a frame in which nobody speaks. */
    float NOBODY = -1;

    /** Certainty of a frame of which an utterance under way goes on, but none begins. */
    float GOES_ON = 0;

    /** Certainty of a frame in which somebody speaks beyond doubt. */
    float CERTAIN = 1;

    /** Samples of a frame at 16 kHz. The first and the last frame of a channel or beside a gap may be shorter, never empty. */
    int frameSamples();

    /** Which kind of memory this is. State that holds another kind, of a job that had another detector, is replaced by new memory. */
    int memoryVersion();

    /** Memory of a channel of which nothing has been heard. */
    float[] newMemory();

    /**
     * Judges the next frames of a channel.
     *
     * @param samples signed 16-bit, un-normalised
     * @param count samples that count, from the first; the last frame may be shorter than the others
     * @param memory of the channel; to be updated
     * @return of each frame {@link #NOBODY}, {@link #GOES_ON}, or above it up to {@link #CERTAIN}
     */
    float[] certainties(short[] samples, int count, float[] memory);

    /** Frees what judging needed. Judging again is possible. */
    default void close() {}
}
