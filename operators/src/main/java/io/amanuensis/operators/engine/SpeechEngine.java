package io.amanuensis.operators.engine;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.engine.DecoderOptions;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.schemas.Alignment;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * How sound becomes text, for one thread at a time; only {@link #cancel} may come from another. Calls throw {@link
 * io.amanuensis.engine.EngineException} for what is wrong with the windows given, the device or the deadline.
 */
public interface SpeechEngine extends AutoCloseable {

    /** Opens an engine in the task manager. */
    interface Provider extends Serializable {
        SpeechEngine open();
    }

    EngineFacts facts();

    /** Samples of the longest window. */
    int windowSamples();

    /** How words are aligned; SKIPPED if the model has nothing for it. */
    Alignment alignment();

    /** @return [mel bins][mel frames], row-major */
    float[] logMel(short[] samples);

    /**
     * @param sampleCounts of each spectrogram's sound
     * @return for each [positions][state width] as bf16, little-endian: all positions, or those of the sound if the model was
     *     opened so
     */
    List<byte[]> encode(List<float[]> logMels, int[] sampleCounts);

    /** The longest time of a call, and of a window in a decoder. */
    Duration timeout();

    /**
     * Opens a decoder, to be closed by the caller, before the engine. Not one while another is open.
     *
     * @param options how many windows it has memory for
     */
    RunningDecoder openDecoder(DecoderOptions options);

    /** Words of one window with times relative to its start. */
    List<AlignedWord> align(byte[] states, int[] tokens, int sampleCount, String language);

    /** Builds the context of the engine's device anew after it failed; nothing for an engine without one. */
    default void resetDevice() {}

    /** Bytes outside the Java heap: scratch and decoder, without the weights that all engines of a process share. */
    long memoryBytes();

    /** Ends a running call soon, one of its decoder's too; it then throws. */
    void cancel();

    @Override
    void close();
}
