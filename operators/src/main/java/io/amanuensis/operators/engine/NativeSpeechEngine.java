package io.amanuensis.operators.engine;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.engine.Call;
import io.amanuensis.engine.DecoderOptions;
import io.amanuensis.engine.Engine;
import io.amanuensis.engine.Model;
import io.amanuensis.engine.ModelOptions;
import io.amanuensis.engine.Session;
import io.amanuensis.engine.SharedModels;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.schemas.Alignment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** The native library: a session and a deadline of its own over a model that all engines of the process share. */
public final class NativeSpeechEngine implements SpeechEngine {
    private final SharedModels.Lease lease;
    private final Session session;
    private final Call call = Call.open();
    private final AdvanceCall advances = new AdvanceCall();
    private final Duration timeout;
    private volatile NativeRunningDecoder decoder;
    private volatile boolean cancelled;

    private NativeSpeechEngine(SharedModels.Lease lease, Session session, Duration timeout) {
        this.lease = lease;
        this.session = session;
        this.timeout = timeout;
    }

    /**
     * @param modelFolder null for the echo back end
     * @param timeout of every encode, align and join of a decoder, and of a window in a decoder
     */
    public static Provider provider(String modelFolder, ModelOptions options, Duration timeout) {
        return () -> open(modelFolder == null ? null : Path.of(modelFolder), options, timeout);
    }

    private static NativeSpeechEngine open(Path folder, ModelOptions options, Duration timeout) {
        SharedModels.Lease lease = SharedModels.acquire(folder, options);
        try {
            Session session = lease.model().openSession();
            try {
                return new NativeSpeechEngine(lease, session, timeout);
            } catch (RuntimeException e) {
                session.close();
                throw e;
            }
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
    }

    @Override
    public EngineFacts facts() {
        Model model = lease.model();
        return new EngineFacts(model.name(), model.hash(), model.backEnd(), build(model));
    }

    /** The instruction set that the library would choose gives way to the one that this model computes with. */
    private static String build(Model model) {
        String library = Engine.libraryBuild();
        String versionAndCompiler = library.substring(0, library.lastIndexOf(' '));
        return "%s %s %s"
                .formatted(versionAndCompiler, model.isa(), model.precision())
                .strip();
    }

    @Override
    public int windowSamples() {
        return lease.model().windowSamples();
    }

    @Override
    public Alignment alignment() {
        return switch (lease.model().alignment()) {
            case "ctc" -> Alignment.CTC;
            case "dtw" -> Alignment.DTW;
            default -> Alignment.SKIPPED;
        };
    }

    @Override
    public float[] logMel(short[] samples) {
        float[] logMel = new float[lease.model().melLength()];
        session.logMel(samples, 0, samples.length, logMel);
        return logMel;
    }

    @Override
    public List<byte[]> encode(List<float[]> logMels, int[] sampleCounts) {
        return timed(with -> session.encode(logMels, sampleCounts, with));
    }

    @Override
    public Duration timeout() {
        return timeout;
    }

    @Override
    public RunningDecoder openDecoder(DecoderOptions options) {
        decoder = new NativeRunningDecoder(this, lease.model().openDecoder(options), advances);
        return decoder;
    }

    @Override
    public List<AlignedWord> align(byte[] states, int[] tokens, int sampleCount, String language) {
        return timed(with -> session.align(states, tokens, sampleCount, language, with));
    }

    /** With the engine's call, which has been started. */
    <R> R timed(Function<Call, R> work) {
        call.start(timeout);
        if (cancelled) {
            call.cancel(); // start forgets a cancellation that came just before it
        }
        return work.apply(call);
    }

    @Override
    public void resetDevice() {
        lease.model().resetDevice();
    }

    @Override
    public long memoryBytes() {
        NativeRunningDecoder open = decoder;
        return session.memoryBytes() + (open == null ? 0 : open.memoryBytes());
    }

    @Override
    public void cancel() {
        cancelled = true;
        call.cancel();
        advances.cancel();
    }

    @Override
    public void close() {
        advances.close();
        call.close();
        session.close();
        lease.close();
    }
}
