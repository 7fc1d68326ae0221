package io.amanuensis.operators.engine;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.engine.Decoder;
import io.amanuensis.engine.Decoding;
import io.amanuensis.engine.DecodingOptions;
import java.time.Duration;
import java.util.List;

/** The native library's decoder. */
final class NativeRunningDecoder implements RunningDecoder {
    private static final long[] NONE = {};

    private final NativeSpeechEngine engine;
    private final Decoder decoder;
    private final AdvanceCall advances;

    /** @param advances of the engine */
    NativeRunningDecoder(NativeSpeechEngine engine, Decoder decoder, AdvanceCall advances) {
        this.engine = engine;
        this.decoder = decoder;
        this.advances = advances;
    }

    @Override
    public long add(byte[] states, DecodingOptions options) {
        // Not with the call that interrupt cancels: what is computed for a window that joins would be lost.
        return engine.timed(with -> decoder.add(states, options, with))
                .orElseThrow(
                        () -> new IllegalStateException("The decoder was given more windows than it has room for"));
    }

    @Override
    public long[] advance(Duration timeout) {
        return advances.run(timeout, decoder::advance, NONE);
    }

    @Override
    public Decoding result(long ticket) {
        return decoder.result(ticket);
    }

    @Override
    public List<AlignedWord> align(long ticket, int[] tokens, int sampleCount, String language) {
        return engine.timed(with -> decoder.align(ticket, tokens, sampleCount, language, with));
    }

    @Override
    public void retry(long ticket, DecodingOptions options) {
        if (!decoder.retry(ticket, options)) {
            throw new IllegalStateException("A retry needs more sequences than its window holds: " + options);
        }
    }

    @Override
    public void remove(long ticket) {
        decoder.remove(ticket);
    }

    @Override
    public void interrupt() {
        advances.interrupt();
    }

    /** Any thread. */
    long memoryBytes() {
        return decoder.memoryBytes();
    }

    @Override
    public void close() {
        decoder.close();
    }
}
