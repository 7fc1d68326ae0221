package io.amanuensis.engine;

import com.sun.jna.Memory;
import io.amanuensis.engine.AmanuensisLibrary.AmAlignment;
import io.amanuensis.engine.AmanuensisLibrary.AmDecoding;
import io.amanuensis.engine.AmanuensisLibrary.AmOptions;
import io.amanuensis.engine.AmanuensisLibrary.AmSession;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The work on windows of sound, in its order: log-mel, encode, decode, align. One thread at a time; a second one gets an
 * {@link IllegalStateException}. Only {@link #close()} and {@link #memoryBytes()} may be called from any thread at any time.
 *
 * <p>Arrays passed in are read and not kept; arrays and records returned are the caller's. Wrong lengths and null elements are
 * {@link Status#ARGUMENT}, like every fault of the input, before anything is computed.
 */
public final class Session implements AutoCloseable {
    /** The most windows of one encode or decode. */
    public static final int MAX_WINDOWS = 64;

    private final Model model;
    private final Scratch scratch;
    private final OutCells cells;
    private final NativeHandle<AmSession> handle;
    private final ExclusiveUse<AmSession> use;
    private final Cleaner.Cleanable net;
    private volatile long memoryBytes;

    private Session(Model model, Scratch scratch, OutCells cells, NativeHandle<AmSession> handle) {
        this.model = model;
        this.scratch = scratch;
        this.cells = cells;
        this.handle = handle;
        this.use = new ExclusiveUse<>(handle, this::measure);
        this.net = SafetyNet.watch(this, handle);
        use.run(session -> null);
    }

    static Session open(Model model) {
        NativeHandle<AmanuensisLibrary.AmModel> modelHandle = model.handle();
        AmanuensisLibrary.AmModel nativeModel = modelHandle.hold();
        Scratch scratch = new Scratch();
        OutCells cells = new OutCells();
        try {
            return new Session(
                    model,
                    scratch,
                    cells,
                    NativeHandle.open(
                            "session",
                            new AmSession(),
                            out -> AmanuensisLibrary.am_session_open(nativeModel, null, out),
                            out -> {
                                AmanuensisLibrary.am_session_close(out);
                                cells.close();
                                scratch.close();
                                modelHandle.release();
                            }));
        } catch (RuntimeException e) {
            cells.close();
            modelHandle.release();
            throw e;
        }
    }

    /** The model of this session. */
    public Model model() {
        return model;
    }

    /**
     * Whisper's log-mel spectrogram of a window.
     *
     * @param samples 16-bit mono sound at the model's sample rate
     * @param offset where the window starts in {@code samples}
     * @param count 1 to {@link Model#windowSamples()}; a shorter window is padded with zeros
     * @param outMel receives {@link Model#melLength()} values, row-major [mel bins][mel frames]
     */
    public void logMel(short[] samples, int offset, int count, float[] outMel) {
        Require.window(samples, offset, count, model.windowSamples());
        Require.length("outMel", outMel.length, model.melLength());
        use.run(session -> {
            Memory nativeSamples = scratch.samples(samples, offset, count, model.windowSamples());
            Memory mel = scratch.mel(outMel.length);
            EngineException.check(AmanuensisLibrary.am_log_mel(session, nativeSamples, count, mel, outMel.length));
            mel.read(0, outMel, 0, outMel.length);
            return null;
        });
    }

    /**
     * The encoder over a batch of full windows. A window's states are the same bits whatever its neighbours.
     *
     * @param mels 1 to {@link #MAX_WINDOWS} log-mels, as {@link #logMel} gives them
     * @param call deadline and cancellation, or null for none
     * @return the states of each window, {@link Model#stateBytes()} bytes as {@link States} describes
     */
    public List<byte[]> encode(List<float[]> mels, Call call) {
        int[] full = new int[mels.size()];
        Arrays.fill(full, model.windowSamples());
        return encode(mels, full, call);
    }

    /**
     * The encoder over a batch, each window as far as the model's audio context asks for.
     *
     * @param sampleCounts of each log-mel's sound, 1 to the model's window
     * @return the states of each window, as many bytes as {@link Model#stateBytes(int)} says
     */
    public List<byte[]> encode(List<float[]> mels, int[] sampleCounts, Call call) {
        Require.batch("mels", mels, MAX_WINDOWS, mel -> mel.length, model.melLength());
        Require.length("sampleCounts", sampleCounts.length, mels.size());
        int[] stateBytes = Arrays.stream(sampleCounts).map(model::stateBytes).toArray();
        long[] nativeCounts = Arrays.stream(sampleCounts).asLongStream().toArray();
        return use.run(call, (session, nativeCall) -> {
            int windows = mels.size();
            Memory nativeMels = scratch.mels(mels);
            Memory states = scratch.states(windows, model.stateBytes());
            long capacity = (long) windows * model.stateBytes() / Short.BYTES;
            EngineException.check(AmanuensisLibrary.am_encode(
                    session,
                    nativeCall,
                    nativeMels,
                    windows,
                    nativeCounts,
                    AmanuensisLibrary.AM_BFLOAT16,
                    states,
                    capacity));
            return Scratch.split(states, model.stateBytes(), stateBytes);
        });
    }

    /**
     * Decoding of a batch with Whisper's rules. A window's result does not depend on its neighbours.
     *
     * @param states 1 to {@link #MAX_WINDOWS} windows, as {@link #encode} gives them
     * @param call deadline and cancellation, or null for none
     */
    public List<Decoding> decode(List<byte[]> states, DecodingOptions options, Call call) {
        Require.batch("states", states, MAX_WINDOWS, state -> state.length, model.stateBytes());
        return use.run(call, (session, nativeCall) -> {
            Memory nativeStates = scratch.states(states);
            try (NativeHandle<AmOptions> nativeOptions = NativeOptions.open(options.toNative());
                    NativeHandle<AmDecoding> decoding = NativeHandle.open(
                            "decoding",
                            new AmDecoding(),
                            out -> AmanuensisLibrary.am_decode(
                                    session,
                                    nativeCall,
                                    nativeStates,
                                    AmanuensisLibrary.AM_BFLOAT16,
                                    states.size(),
                                    nativeOptions.get(),
                                    out),
                            AmanuensisLibrary::am_decoding_close)) {
                List<Decoding> result = new ArrayList<>(states.size());
                for (int window = 0; window < states.size(); window++) {
                    result.add(Results.decoding(decoding.get(), window, cells));
                }
                return result;
            }
        });
    }

    /**
     * The words of a window and when they were said. No text tokens give no words.
     *
     * @param states of the window, as {@link #encode} gives them
     * @param tokens of the window, as a {@link Decoding} has them; timestamp tokens are skipped
     * @param sampleCount how many samples of the window are sound rather than padding
     * @param language a code as in {@link DecodingOptions}, or null for the model's default
     * @param call deadline and cancellation, or null for none
     * @throws EngineException {@link Status#MODEL} if the model names no alignment heads
     */
    public List<AlignedWord> align(byte[] states, int[] tokens, int sampleCount, String language, Call call) {
        Require.batch("states", List.of(states), 1, state -> state.length, model.stateBytes());
        return use.run(call, (session, nativeCall) -> {
            Memory nativeStates = scratch.states(List.of(states));
            try (NativeHandle<AmAlignment> alignment = NativeHandle.open(
                    "alignment",
                    new AmAlignment(),
                    out -> AmanuensisLibrary.am_align(
                            session,
                            nativeCall,
                            nativeStates,
                            AmanuensisLibrary.AM_BFLOAT16,
                            tokens,
                            tokens.length,
                            sampleCount,
                            language,
                            out),
                    AmanuensisLibrary::am_alignment_close)) {
                return Results.words(alignment.get(), cells);
            }
        });
    }

    /** Native bytes of this session, its caches and its scratch, as of its last call. Any thread. */
    public long memoryBytes() {
        return memoryBytes;
    }

    /**
     * Refuses further work and frees the memory; if another thread is at work, that thread frees it as it leaves, and this
     * returns at once. Closing again does nothing.
     */
    @Override
    public void close() {
        handle.close();
        net.clean();
    }

    /** Whether a thread is at work. */
    boolean isBusy() {
        return use.isBusy();
    }

    NativeHandle<AmSession> handle() {
        return handle;
    }

    private void measure(AmSession session) {
        EngineException.check(AmanuensisLibrary.am_session_bytes(session, cells.number));
        memoryBytes = cells.number.getValue() + scratch.bytes();
    }
}
