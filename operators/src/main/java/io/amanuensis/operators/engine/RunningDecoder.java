package io.amanuensis.operators.engine;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.engine.Decoding;
import io.amanuensis.engine.DecodingOptions;
import java.time.Duration;
import java.util.List;

/**
 * Windows that are decoded together, for one thread at a time; only {@link #interrupt} may come from another. Calls throw {@link
 * io.amanuensis.engine.EngineException}; what {@link #add}, {@link #result}, {@link #align} and {@link #retry} throw is about their window, what
 * {@link #advance} throws about all of them.
 */
public interface RunningDecoder extends AutoCloseable {

    /**
     * A window joins. The caller sees to it that no more are in than the decoder was opened for.
     *
     * @return its ticket, never given twice
     */
    long add(byte[] states, DecodingOptions options);

    /**
     * Decodes until at least one window has ended, or until {@link #interrupt}: then maybe none has.
     *
     * @param timeout after it a deadline exception, which leaves the windows as they are
     * @return the tickets of the windows that have ended, each once
     */
    long[] advance(Duration timeout);

    /** What a window that has ended says; it stays until it is removed. */
    Decoding result(long ticket);

    /** {@link SpeechEngine#align} of a window that has ended, with what its decoding has computed. */
    List<AlignedWord> align(long ticket, int[] tokens, int sampleCount, String language);

    /** Decodes a window that has ended once more, in its place. */
    void retry(long ticket, DecodingOptions options);

    /** A window leaves, whether or not it has ended. */
    void remove(long ticket);

    /** Any thread: a running {@link #advance}, or else the next, returns soon. */
    void interrupt();

    @Override
    void close();
}
