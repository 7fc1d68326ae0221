package io.amanuensis.engine;

import com.sun.jna.Memory;
import io.amanuensis.engine.AmanuensisLibrary.AmAlignment;
import io.amanuensis.engine.AmanuensisLibrary.AmDecoder;
import io.amanuensis.engine.AmanuensisLibrary.AmDecoding;
import io.amanuensis.engine.AmanuensisLibrary.AmOptions;
import io.amanuensis.engine.AmanuensisLibrary.HandleReference;
import java.lang.ref.Cleaner;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.ToIntFunction;

/**
 * Windows that are decoded together, one token of each a step: a window joins at any time and leaves when it has ended, and
 * together they share most of the work of a step. A window's result is that of {@link Session#decode}, whatever the others.
 *
 * <pre>{@code
 * OptionalLong ticket = decoder.add(states, options, call);      // empty: full, advance and take first
 * for (long ended : decoder.advance(call)) {
 *     Decoding decoding = decoder.take(ended);                   // or result, retry, align, and then take
 * }
 * }</pre>
 *
 * <p>One thread at a time; a second one gets an {@link IllegalStateException}. Only {@link #close()} and {@link #memoryBytes()}
 * may be called from any thread at any time.
 */
public final class Decoder implements AutoCloseable {
    private final Model model;
    private final Scratch scratch;
    private final OutCells cells;
    private final NativeHandle<AmDecoder> handle;
    private final ExclusiveUse<AmDecoder> use;
    private final Cleaner.Cleanable net;
    private final long[] tickets;
    private volatile long memoryBytes;

    private Decoder(Model model, int windows, Scratch scratch, OutCells cells, NativeHandle<AmDecoder> handle) {
        this.model = model;
        this.tickets = new long[windows];
        this.scratch = scratch;
        this.cells = cells;
        this.handle = handle;
        this.use = new ExclusiveUse<>(handle, this::measure);
        this.net = SafetyNet.watch(this, handle);
        use.run(decoder -> null);
    }

    static Decoder open(Model model, DecoderOptions options) {
        NativeHandle<AmanuensisLibrary.AmModel> modelHandle = model.handle();
        AmanuensisLibrary.AmModel nativeModel = modelHandle.hold();
        Scratch scratch = new Scratch();
        OutCells cells = new OutCells();
        try (NativeHandle<AmOptions> nativeOptions = NativeOptions.open(options.toNative())) {
            return new Decoder(
                    model,
                    options.windows(),
                    scratch,
                    cells,
                    NativeHandle.open(
                            "decoder",
                            new AmDecoder(),
                            out -> AmanuensisLibrary.am_decoder_open(nativeModel, nativeOptions.get(), out),
                            out -> {
                                AmanuensisLibrary.am_decoder_close(out);
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

    /** The model of this decoder. */
    public Model model() {
        return model;
    }

    /**
     * A window joins: what decoding needs of its states is computed now.
     *
     * @param states of the window, as {@link Session#encode} gives them, of one position or more
     * @param call deadline and cancellation, or null for none
     * @return its ticket, above 0 and never given twice; empty while too few sequences are free, and then nothing has changed
     */
    public OptionalLong add(byte[] states, DecodingOptions options, Call call) {
        int positions = Require.states(states, model.stateWidth() * Short.BYTES, model.statePositions());
        return use.run(call, (decoder, nativeCall) -> {
            Memory nativeStates = scratch.states(List.of(states));
            try (NativeHandle<AmOptions> nativeOptions = NativeOptions.open(options.toNative())) {
                int status = AmanuensisLibrary.am_decoder_add(
                        decoder,
                        nativeCall,
                        nativeStates,
                        AmanuensisLibrary.AM_BFLOAT16,
                        positions,
                        nativeOptions.get(),
                        cells.number);
                return isFull(status) ? OptionalLong.empty() : OptionalLong.of(cells.number.getValue());
            }
        });
    }

    /**
     * Steps until at least one window has ended, or none is left that has not. After {@link Status#CANCELLED} and
     * {@link Status#DEADLINE} the windows are as after their last whole step, and may be advanced again.
     *
     * @param call deadline and cancellation, or null for none
     * @return the tickets of those that have ended since; empty if nothing is left to decode
     */
    public long[] advance(Call call) {
        return use.run(call, (decoder, nativeCall) -> {
            EngineException.check(
                    AmanuensisLibrary.am_decoder_advance(decoder, nativeCall, tickets, tickets.length, cells.number));
            return Arrays.copyOf(tickets, Math.toIntExact(cells.number.getValue()));
        });
    }

    /**
     * What a window that has ended says. It stays, to be retried, aligned and taken.
     *
     * @throws EngineException what the window ended with, such as {@link Status#NUMERIC}; {@link Status#ARGUMENT} if it has not
     */
    public Decoding result(long ticket) {
        return use.run(decoder -> decoding(out -> AmanuensisLibrary.am_decoder_result(decoder, ticket, out)));
    }

    /** The same, and whether it failed or not the window leaves: what it held is free for others. */
    public Decoding take(long ticket) {
        return use.run(decoder -> decoding(out -> AmanuensisLibrary.am_decoder_take(decoder, ticket, out)));
    }

    /**
     * Decodes a window that has ended once more, with other options, such as a temperature.
     *
     * @return false while too few sequences are free for a wider beam; the window can then still be taken
     */
    public boolean retry(long ticket, DecodingOptions options) {
        return use.run(decoder -> {
            try (NativeHandle<AmOptions> nativeOptions = NativeOptions.open(options.toNative())) {
                return !isFull(AmanuensisLibrary.am_decoder_retry(decoder, ticket, nativeOptions.get()));
            }
        });
    }

    /** A window leaves, whether or not it has ended. */
    public void remove(long ticket) {
        use.run(decoder -> {
            EngineException.check(AmanuensisLibrary.am_decoder_remove(decoder, ticket));
            return null;
        });
    }

    /**
     * {@link Session#align} of a window that has not left, with what decoding has computed; of the tokens that it chose, timestamps
     * included, also with what it looked at then, so that the times may differ a little.
     */
    public List<AlignedWord> align(long ticket, int[] tokens, int sampleCount, String language, Call call) {
        return use.run(call, (decoder, nativeCall) -> {
            try (NativeHandle<AmAlignment> alignment = NativeHandle.open(
                    "alignment",
                    new AmAlignment(),
                    out -> AmanuensisLibrary.am_decoder_align(
                            decoder, nativeCall, ticket, tokens, tokens.length, sampleCount, language, out),
                    AmanuensisLibrary::am_alignment_close)) {
                return Results.words(alignment.get(), cells);
            }
        });
    }

    /** Native bytes of this decoder, its caches and its scratch, as of its last call. Any thread. */
    public long memoryBytes() {
        return memoryBytes;
    }

    /** As {@link Session#close()}. */
    @Override
    public void close() {
        handle.close();
        net.clean();
    }

    NativeHandle<AmDecoder> handle() {
        return handle;
    }

    private Decoding decoding(ToIntFunction<HandleReference<AmDecoding>> open) {
        try (NativeHandle<AmDecoding> decoding =
                NativeHandle.open("decoding", new AmDecoding(), open, AmanuensisLibrary::am_decoding_close)) {
            return Results.decoding(decoding.get(), 0, cells);
        }
    }

    private static boolean isFull(int status) {
        if (status == Status.CAPACITY.code()) {
            return true;
        }
        EngineException.check(status);
        return false;
    }

    private void measure(AmDecoder decoder) {
        EngineException.check(AmanuensisLibrary.am_decoder_bytes(decoder, cells.number));
        memoryBytes = cells.number.getValue() + scratch.bytes();
    }
}
