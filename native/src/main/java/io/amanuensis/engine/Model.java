package io.amanuensis.engine;

import io.amanuensis.engine.AmanuensisLibrary.AmModel;
import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A model in memory: weights, tokenizer and settings, immutable and shared by any number of threads, each with its own
 * {@link Session}. Sessions keep the model in memory: it may be closed before them, and is freed with the last.
 *
 * <p>Subtasks of one JVM get the same model from {@link SharedModels}.
 */
public final class Model implements AutoCloseable {
    /** The name of a model without a folder. */
    public static final String ECHO_NAME = "echo";

    private static final int LARGEST_TEXT_BYTES = 1 << 24;

    private final NativeHandle<AmModel> handle;
    private final Cleaner.Cleanable net;
    private final ModelFacts facts;
    private final String name;
    private final String hash;

    private Model(NativeHandle<AmModel> handle, String name, String hash) {
        this.handle = handle;
        this.facts = ModelFacts.read(handle.get());
        this.name = name;
        this.hash = hash;
        this.net = SafetyNet.watch(this, handle);
    }

    /**
     * Opens a Hugging Face Whisper folder, maps its weights and hashes its files: seconds for a model of gigabytes.
     *
     * @param folder null is for the echo back end alone: 80 mel bins, a window of 10 s, 500 positions of 8 values
     * @throws EngineException {@link Status#IO}, {@link Status#MODEL}, {@link Status#OPTION}, {@link Status#BACK_END},
     *     {@link Status#DEVICE}: what is wrong and with which file or option
     */
    public static Model open(Path folder, ModelOptions options) {
        NativeLoader.load();
        Path real = folder == null ? null : ModelFolder.real(folder);
        NativeHandle<AmModel> handle = openNative(real, options);
        try {
            return real == null
                    ? new Model(handle, ECHO_NAME, ModelFolder.hashOfName(ECHO_NAME))
                    : new Model(handle, String.valueOf(real.getFileName()), ModelFolder.hash(real));
        } catch (RuntimeException e) {
            handle.close();
            throw e;
        }
    }

    private static NativeHandle<AmModel> openNative(Path folder, ModelOptions options) {
        try (NativeHandle<AmanuensisLibrary.AmOptions> nativeOptions = NativeOptions.open(options.toNative())) {
            String path = folder == null ? null : folder.toString();
            return NativeHandle.open(
                    "model",
                    new AmModel(),
                    out -> AmanuensisLibrary.am_model_open(path, nativeOptions.get(), out),
                    AmanuensisLibrary::am_model_close);
        }
    }

    /** A session of this model, for one thread at a time, to be closed by the caller. */
    public Session openSession() {
        return Session.open(this);
    }

    /** A decoder of this model, for one thread at a time, to be closed by the caller. */
    public Decoder openDecoder(DecoderOptions options) {
        return Decoder.open(this, options);
    }

    /** The folder's own name, symbolic links resolved; {@link #ECHO_NAME} without a folder. */
    public String name() {
        return name;
    }

    /**
     * SHA-256 in lower-case hex over the names and bytes of the files that define the model: config.json,
     * generation_config.json, preprocessor_config.json, tokenizer files and weights. Without a folder: of the text "echo".
     */
    public String hash() {
        return hash;
    }

    public int sampleRateHz() {
        return facts.sampleRateHz();
    }

    /** Samples in a full window. */
    public int windowSamples() {
        return facts.windowSamples();
    }

    public int windowMs() {
        return Math.toIntExact(1000L * windowSamples() / sampleRateHz());
    }

    public int melBins() {
        return facts.melBins();
    }

    /** Columns of the log-mel of a full window. */
    public int melFrames() {
        return facts.melFrames();
    }

    /** Values in the log-mel of a window: bins times frames. */
    public int melLength() {
        return Math.multiplyExact(melBins(), melFrames());
    }

    public int statePositions() {
        return facts.statePositions();
    }

    public int stateWidth() {
        return facts.stateWidth();
    }

    /** Bytes of the encoder states of a full window, in bfloat16. */
    public int stateBytes() {
        return Math.multiplyExact(Math.multiplyExact(statePositions(), stateWidth()), Short.BYTES);
    }

    /**
     * Bytes of the encoder states of a window with as many samples of sound: those of a full one unless the model was opened
     * with {@link ModelOptions.AudioContext#ACTUAL}.
     *
     * @throws EngineException {@link Status#ARGUMENT} unless they are 1 to {@link #windowSamples()}
     */
    public int stateBytes(int sampleCount) {
        AmModel model = handle.hold();
        try (OutCells cells = new OutCells()) {
            EngineException.check(AmanuensisLibrary.am_model_positions(model, sampleCount, cells.number));
            return Math.toIntExact(cells.number.getValue() * stateWidth() * Short.BYTES);
        } finally {
            handle.release();
        }
    }

    /** False for a folder with an encoder only. */
    public boolean canDecode() {
        return decoderPositions() > 0;
    }

    /** The most tokens of a decoding, its prompt included; 0 if the model cannot decode. */
    public int decoderPositions() {
        return facts.decoderPositions();
    }

    /** The token of time 0; a token {@code n} above it stands for {@code n * timestampMs()} from the start of the window. */
    public int timestampBeginToken() {
        return facts.timestampBeginToken();
    }

    /** What one timestamp token is worth. */
    public int timestampMs() {
        return facts.timestampMs();
    }

    /**
     * How {@link Session#align} finds word times: {@code ctc}, by the letters of an alignment head; {@code dtw}, by
     * cross-attention; empty if it cannot.
     */
    public String alignment() {
        return facts.alignment();
    }

    /** Bytes of weights that this model maps or holds. */
    public long weightBytes() {
        return facts.weightBytes();
    }

    /**
     * The back end that computes: {@code cpu}, {@code echo}, {@code npu}, or {@code npu-emulated} where the device is no silicon.
     */
    public String backEnd() {
        return facts.backEnd();
    }

    /** What the device calls itself; empty without one. */
    public String device() {
        return facts.device();
    }

    /**
     * A number about the model's device, which other models may use too: {@code device-runs}, {@code device-failures},
     * {@code device-resets}, {@code device-poisoned}, {@code device-queue-depth}, {@code device-modelled-ns}; see the C header.
     *
     * @throws EngineException {@link Status#ARGUMENT} for another key, or if the model has no device
     */
    public long deviceNumber(String key) {
        AmModel model = handle.hold();
        try (OutCells cells = new OutCells()) {
            EngineException.check(AmanuensisLibrary.am_model_number(model, key, cells.number));
            return cells.number.getValue();
        } finally {
            handle.release();
        }
    }

    /**
     * Makes the device anew after a failure; until it has succeeded every encode is {@link Status#DEVICE_POISONED}. Waits for the
     * command under way, at most 60 s. Any thread.
     *
     * @throws EngineException if the device is still unusable; it may be tried again
     */
    public void resetDevice() {
        AmModel model = handle.hold();
        try {
            EngineException.check(AmanuensisLibrary.am_device_reset(model));
        } finally {
            handle.release();
        }
    }

    /** The instruction set that computes. */
    public String isa() {
        return facts.isa();
    }

    /** What the linear maps are computed in: {@code f32}, {@code bf16} or {@code int8}; empty for echo. */
    public String precision() {
        return facts.precision();
    }

    /** The codes of the languages it knows. */
    public List<String> languages() {
        return facts.languages();
    }

    /** The tokens of a text, by the model's byte-level BPE. */
    public int[] tokensOf(String text) {
        // Byte-level BPE merges bytes: there are never more tokens than bytes.
        int[] tokens = new int[Math.max(1, text.getBytes(StandardCharsets.UTF_8).length)];
        AmModel model = handle.hold();
        try (OutCells cells = new OutCells()) {
            EngineException.check(
                    AmanuensisLibrary.am_model_tokens_of(model, text, tokens, tokens.length, cells.number));
            return Arrays.copyOf(tokens, Math.toIntExact(cells.number.getValue()));
        } finally {
            handle.release();
        }
    }

    /** The text of tokens; special and timestamp tokens are left out. */
    public String textOf(int[] tokens) {
        AmModel model = handle.hold();
        try (OutCells cells = new OutCells()) {
            byte[] utf8 = new byte[64];
            int status =
                    AmanuensisLibrary.am_model_text_of(model, tokens, tokens.length, utf8, utf8.length, cells.number);
            while (status == Status.CAPACITY.code() && utf8.length < LARGEST_TEXT_BYTES) {
                utf8 = new byte[utf8.length * 4];
                status = AmanuensisLibrary.am_model_text_of(
                        model, tokens, tokens.length, utf8, utf8.length, cells.number);
            }
            EngineException.check(status);
            return new String(utf8, 0, Math.toIntExact(cells.number.getValue()), StandardCharsets.UTF_8);
        } finally {
            handle.release();
        }
    }

    /** Refuses new sessions; the memory is freed when the last session is closed. Closing again does nothing. */
    @Override
    public void close() {
        handle.close();
        net.clean();
    }

    NativeHandle<AmModel> handle() {
        return handle;
    }
}
