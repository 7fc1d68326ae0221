package io.amanuensis.operators.engine;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.engine.Decoding;
import io.amanuensis.engine.DecodingOptions;
import io.amanuensis.operators.element.EngineFacts;
import java.io.Serializable;
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

    /** False if the model names no alignment heads. */
    boolean canAlign();

    /** @return [mel bins][mel frames], row-major */
    float[] logMel(short[] samples);

    /** @return for each spectrogram [state positions][state width] as bf16, little-endian */
    List<byte[]> encode(List<float[]> logMels);

    /** One result for each window's states. */
    List<Decoding> decode(List<byte[]> states, DecodingOptions options);

    /** Words of one window with times relative to its start. */
    List<AlignedWord> align(byte[] states, int[] tokens, int sampleCount, String language);

    /** Bytes outside the Java heap: this engine's scratch, without the weights that all engines of a process share. */
    long memoryBytes();

    /** Ends a running call soon; it then throws. */
    void cancel();

    @Override
    void close();
}
