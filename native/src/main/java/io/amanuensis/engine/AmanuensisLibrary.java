package io.amanuensis.engine;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.PointerType;
import com.sun.jna.ptr.ByReference;
import com.sun.jna.ptr.DoubleByReference;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;

/**
 * {@code include/amanuensis.h}, one to one and without logic: the names, the order and the documentation are the header's.
 *
 * <p>JNA direct mapping: {@link NativeLoader} binds every method at load, and a call costs a fraction of what a proxied
 * interface's does. Arrays of sound, log-mel and states pass as {@link Pointer} to native memory that a session owns: JNA
 * would copy a Java array into the call <em>and</em> back, whether or not the callee writes it, and ignores a buffer's
 * position. Token ids are few and pass as {@code int[]}.
 */
final class AmanuensisLibrary {
    static final int AM_ABI_VERSION = 4;
    static final int AM_OK = 0;
    static final int AM_FLOAT32 = 0;
    static final int AM_BFLOAT16 = 1;

    private AmanuensisLibrary() {}

    // ---- Library
    static native int am_abi_version();

    static native String am_library_build();

    static native String am_last_error();

    static native int am_set_threads(int count);

    static native int am_threads();

    static native long am_busy_ns();

    // ---- Options
    static native int am_options_open(HandleReference<AmOptions> out_options);

    static native int am_options_set(AmOptions options, String key, String value);

    static native void am_options_close(HandleReference<AmOptions> options);

    // ---- Model
    static native int am_model_open(String folder, AmOptions options, HandleReference<AmModel> out_model);

    static native void am_model_close(HandleReference<AmModel> model);

    static native int am_model_number(AmModel model, String key, LongByReference out_value);

    static native int am_model_positions(AmModel model, long sample_count, LongByReference out_positions);

    static native int am_model_text(AmModel model, String key, PointerByReference out_text);

    static native int am_model_tokens_of(
            AmModel model, String text, int[] out_tokens, long capacity, LongByReference out_count);

    static native int am_model_text_of(
            AmModel model, int[] tokens, long token_count, byte[] out_text, long capacity, LongByReference out_length);

    // ---- Device
    static native int am_device_probe(AmOptions options, byte[] out_report, long capacity, LongByReference out_length);

    static native int am_device_self_test(
            AmOptions options, byte[] out_report, long capacity, LongByReference out_length);

    static native int am_device_estimate(
            AmOptions options, byte[] out_report, long capacity, LongByReference out_length);

    static native int am_device_reset(AmModel model);

    // ---- Calls
    static native int am_call_open(HandleReference<AmCall> out_call);

    static native int am_call_start(AmCall call, long timeout_ms);

    static native int am_call_cancel(AmCall call);

    static native void am_call_close(HandleReference<AmCall> call);

    // ---- Session
    static native int am_session_open(AmModel model, AmOptions options, HandleReference<AmSession> out_session);

    static native void am_session_close(HandleReference<AmSession> session);

    static native int am_session_bytes(AmSession session, LongByReference out_bytes);

    static native int am_log_mel(
            AmSession session, Pointer samples, long sample_count, Pointer out_mel, long mel_capacity);

    static native int am_encode(
            AmSession session,
            AmCall call,
            Pointer mel,
            int window_count,
            long[] sample_counts,
            int state_type,
            Pointer out_states,
            long state_capacity);

    // ---- Speech detector
    static native int am_detector_open(Pointer numbers, long number_count, HandleReference<AmDetector> out_detector);

    static native void am_detector_close(HandleReference<AmDetector> detector);

    static native int am_detector_listen(
            AmDetector detector,
            Pointer samples,
            long sample_count,
            Pointer memory,
            long memory_length,
            Pointer out_probabilities,
            long capacity);

    // ---- Filter bank
    static native int am_filter_bank_open(
            Pointer weights, int phase_count, int tap_count, HandleReference<AmFilterBank> out_filter_bank);

    static native void am_filter_bank_close(HandleReference<AmFilterBank> filter_bank);

    static native int am_filter_bank_run(
            AmFilterBank filter_bank,
            Pointer samples,
            long sample_count,
            int first_phase,
            Pointer out_samples,
            long output_count);

    // ---- Decoding
    static native int am_decode(
            AmSession session,
            AmCall call,
            Pointer states,
            int state_type,
            int window_count,
            AmOptions options,
            HandleReference<AmDecoding> out_decoding);

    static native void am_decoding_close(HandleReference<AmDecoding> decoding);

    static native int am_decoding_tokens(
            AmDecoding decoding, int window, PointerByReference out_tokens, LongByReference out_count);

    static native int am_decoding_text(AmDecoding decoding, int window, PointerByReference out_text);

    static native int am_decoding_language(AmDecoding decoding, int window, PointerByReference out_language);

    static native int am_decoding_measure(AmDecoding decoding, int window, String key, DoubleByReference out_value);

    // ---- Continuous decoding
    static native int am_decoder_open(AmModel model, AmOptions options, HandleReference<AmDecoder> out_decoder);

    static native void am_decoder_close(HandleReference<AmDecoder> decoder);

    static native int am_decoder_bytes(AmDecoder decoder, LongByReference out_bytes);

    static native int am_decoder_add(
            AmDecoder decoder,
            AmCall call,
            Pointer states,
            int state_type,
            long positions,
            AmOptions options,
            LongByReference out_ticket);

    static native int am_decoder_advance(
            AmDecoder decoder, AmCall call, long[] out_tickets, long capacity, LongByReference out_count);

    static native int am_decoder_result(AmDecoder decoder, long ticket, HandleReference<AmDecoding> out_decoding);

    static native int am_decoder_take(AmDecoder decoder, long ticket, HandleReference<AmDecoding> out_decoding);

    static native int am_decoder_retry(AmDecoder decoder, long ticket, AmOptions options);

    static native int am_decoder_remove(AmDecoder decoder, long ticket);

    // ---- Word times
    static native int am_align(
            AmSession session,
            AmCall call,
            Pointer states,
            int state_type,
            int[] tokens,
            long token_count,
            long sample_count,
            String language,
            HandleReference<AmAlignment> out_alignment);

    static native int am_decoder_align(
            AmDecoder decoder,
            AmCall call,
            long ticket,
            int[] tokens,
            long token_count,
            long sample_count,
            String language,
            HandleReference<AmAlignment> out_alignment);

    static native void am_alignment_close(HandleReference<AmAlignment> alignment);

    static native int am_alignment_count(AmAlignment alignment, IntByReference out_word_count);

    static native int am_alignment_word(
            AmAlignment alignment,
            int word,
            PointerByReference out_text,
            IntByReference out_start_ms,
            IntByReference out_end_ms,
            DoubleByReference out_probability);

    // ---- Handles. Public with public constructors because JNA creates one of each reflectively to learn its native
    // type.

    /** {@code am_options *}. */
    public static final class AmOptions extends PointerType {}

    /** {@code am_model *}. */
    public static final class AmModel extends PointerType {}

    /** {@code am_call *}. */
    public static final class AmCall extends PointerType {}

    /** {@code am_session *}. */
    public static final class AmSession extends PointerType {}

    /** {@code am_detector *}. */
    public static final class AmDetector extends PointerType {}

    /** {@code am_filter_bank *}. */
    public static final class AmFilterBank extends PointerType {}

    /** {@code am_decoder *}. */
    public static final class AmDecoder extends PointerType {}

    /** {@code am_decoding *}. */
    public static final class AmDecoding extends PointerType {}

    /** {@code am_alignment *}. */
    public static final class AmAlignment extends PointerType {}

    /** {@code H **}: the address of a handle, which an opener writes and a closer nulls. */
    public static final class HandleReference<H extends PointerType> extends ByReference {
        public HandleReference() {
            super(Native.POINTER_SIZE);
            getPointer().setPointer(0, null);
        }
    }
}
