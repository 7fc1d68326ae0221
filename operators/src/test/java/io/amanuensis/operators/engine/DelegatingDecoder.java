package io.amanuensis.operators.engine;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.engine.Decoding;
import io.amanuensis.engine.DecodingOptions;
import java.time.Duration;
import java.util.List;

/** A decoder in front of another, for tests that change or count what passes. */
class DelegatingDecoder implements RunningDecoder {
    private final RunningDecoder delegate;

    DelegatingDecoder(RunningDecoder delegate) {
        this.delegate = delegate;
    }

    @Override
    public long add(byte[] states, DecodingOptions options) {
        return delegate.add(states, options);
    }

    @Override
    public long[] advance(Duration timeout) {
        return delegate.advance(timeout);
    }

    @Override
    public Decoding result(long ticket) {
        return delegate.result(ticket);
    }

    @Override
    public List<AlignedWord> align(long ticket, int[] tokens, int sampleCount, String language) {
        return delegate.align(ticket, tokens, sampleCount, language);
    }

    @Override
    public void retry(long ticket, DecodingOptions options) {
        delegate.retry(ticket, options);
    }

    @Override
    public void remove(long ticket) {
        delegate.remove(ticket);
    }

    @Override
    public void interrupt() {
        delegate.interrupt();
    }

    @Override
    public void close() {
        delegate.close();
    }
}
