package io.amanuensis.operators.engine;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.engine.DecoderOptions;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.schemas.Alignment;
import java.time.Duration;
import java.util.List;

/** An engine in front of another, for tests that change or count what passes. */
public class DelegatingEngine implements SpeechEngine {
    protected final SpeechEngine delegate;

    protected DelegatingEngine(SpeechEngine delegate) {
        this.delegate = delegate;
    }

    @Override
    public EngineFacts facts() {
        return delegate.facts();
    }

    @Override
    public int windowSamples() {
        return delegate.windowSamples();
    }

    @Override
    public Alignment alignment() {
        return delegate.alignment();
    }

    @Override
    public float[] logMel(short[] samples) {
        return delegate.logMel(samples);
    }

    @Override
    public List<byte[]> encode(List<float[]> logMels, int[] sampleCounts) {
        return delegate.encode(logMels, sampleCounts);
    }

    @Override
    public Duration timeout() {
        return delegate.timeout();
    }

    @Override
    public RunningDecoder openDecoder(DecoderOptions options) {
        return delegate.openDecoder(options);
    }

    @Override
    public List<AlignedWord> align(byte[] states, int[] tokens, int sampleCount, String language) {
        return delegate.align(states, tokens, sampleCount, language);
    }

    @Override
    public long memoryBytes() {
        return delegate.memoryBytes();
    }

    @Override
    public void cancel() {
        delegate.cancel();
    }

    @Override
    public void close() {
        delegate.close();
    }
}
