/*
 * Amanuensis: how sound becomes text. The C interface of the native library.
 *
 * The functions follow the order of the work: a model is opened once a process, a session or a decoder once a thread;
 * then log-mel, encode, decode, align, each for one window or a batch of windows of a fixed length.
 *
 * Conventions
 *   status      Every function that can fail returns an am_status. On failure no output is written, unless
 *               its text says otherwise, and am_last_error() of the same thread says what, where and what to do.
 *   outputs     come last and are called out_...; a closer takes the address of the handle and nulls it,
 *               and closing a null handle is harmless.
 *   lengths     are in elements of the array they belong to; times are in milliseconds.
 *   ownership   The caller owns every buffer it passes; nothing is retained after a call returns.
 *               A handle is owned by whoever opened it. Close sessions and decoders before their model.
 *   threads     Models, their texts and detectors are immutable and may be used from any number of threads. A session, a
 *               decoder, a decoding and an alignment may be used by one thread at a time. am_call_cancel may be
 *               called from any thread at any time. What is shared is the budget of threads: am_set_threads.
 *   strings     are UTF-8. Options are pairs of strings, so that no struct is mirrored in another language.
 *   crashes     No function aborts, exits, throws or writes to the standard streams.
 */
#ifndef AMANUENSIS_H
#define AMANUENSIS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define AM_API __attribute__((visibility("default")))
#else
#define AM_API
#endif

/* Raised whenever a function changes its meaning or its parameters. Compare with am_abi_version() at load. */
#define AM_ABI_VERSION 4

typedef int32_t am_status;
enum {
  AM_OK = 0,
  AM_ERROR_ARGUMENT = 1,    /* a parameter outside its documented range, a null pointer, a wrong length */
  AM_ERROR_OPTION = 2,      /* an unknown option key or an illegal value; the message lists the legal ones */
  AM_ERROR_IO = 3,          /* a file that is missing or cannot be read */
  AM_ERROR_MODEL = 4,       /* a model folder with a missing, extra or mis-shaped tensor, or inconsistent settings */
  AM_ERROR_BACK_END = 5,    /* the back end asked for is not in this build */
  AM_ERROR_DEVICE = 6,      /* the back end's device refused the work, and none of 20 to 37 says why */
  AM_ERROR_MEMORY = 7,      /* an allocation failed */
  AM_ERROR_CANCELLED = 8,   /* am_call_cancel was called */
  AM_ERROR_DEADLINE = 9,    /* the time given to am_call_start has passed */
  AM_ERROR_NUMERIC = 10,    /* NaN or infinity in an input or a result */
  AM_ERROR_CAPACITY = 11,   /* an output buffer is too small, or a decoder full; the message says what is needed */
  /* Of the device of back end npu. What to do about each: native/README.md. */
  AM_ERROR_DEVICE_NO_BACK_END = 20,  /* the object that drives the device, or XRT underneath it, cannot be loaded */
  AM_ERROR_DEVICE_NONE = 21,         /* there is no such device */
  AM_ERROR_DEVICE_PERMISSION = 22,   /* its node may not be opened */
  AM_ERROR_DEVICE_MEMLOCK = 23,      /* the process may lock less memory than the driver needs */
  AM_ERROR_DEVICE_MEMORY = 24,       /* no memory for a buffer of the device */
  AM_ERROR_DEVICE_CONTEXTS = 25,     /* all hardware contexts are taken */
  AM_ERROR_DEVICE_OVERLAY = 26,      /* the overlay or its manifest is missing, malformed or does not fit */
  AM_ERROR_DEVICE_HOST_TIMEOUT = 27, /* a command did not end within device-run-timeout-ms; it is still in flight */
  AM_ERROR_DEVICE_TIMEOUT = 28,      /* the device's watchdog ended a command */
  AM_ERROR_DEVICE_COMMAND = 29,      /* a command ended in an error */
  AM_ERROR_DEVICE_ABORT = 30,        /* a command was aborted */
  AM_ERROR_DEVICE_LOST = 31,         /* the device has gone */
  AM_ERROR_DEVICE_POISONED = 32,     /* an earlier failure; am_device_reset makes the device usable again */
  AM_ERROR_DEVICE_BUSY = 33,         /* device-queue pieces of work wait already */
  AM_ERROR_DEVICE_VERSION = 35,      /* the device's object and this library are of different builds */
  AM_ERROR_DEVICE_STALE = 36,        /* an output was not written, or is that of an earlier run */
  AM_ERROR_DEVICE_WRONG = 37,        /* the self-test's results are wrong */
  AM_ERROR_INTERNAL = 99             /* a fault of the library; the session should be closed */
};

/* How encoder states are stored: IEEE float32, or its upper half rounded to nearest even. */
typedef int32_t am_type;
enum { AM_FLOAT32 = 0, AM_BFLOAT16 = 1 };

/* ---- Library --------------------------------------------------------------------------------------------- */

/* The ABI version that the library was built with. Cannot fail. */
AM_API int32_t am_abi_version(void);

/* Version, compiler and the instruction set chosen on this processor, such as "0.1.0 gcc-12.2.0 avx512".
 * A static string. Cannot fail. */
AM_API const char *am_library_build(void);

/* What went wrong in the last failed call of this thread; "" if none has. Valid until the thread's next call. */
AM_API const char *am_last_error(void);

/*
 * How many threads compute at once in this process, whatever the number of sessions and decoders: 1 to 256; at first the
 * processors that the process may run on. am_encode, am_decode, am_align and the decoder's functions wait for their turn,
 * first come first served, until their am_call says otherwise; one that is alone uses the idle threads too. Calls under
 * way keep what they have. Any thread.
 */
AM_API am_status am_set_threads(int32_t count);
AM_API int32_t am_threads(void);

/* Processor time that this library's threads, and callers inside it, spent computing since the process began. Adds up at
 * every layer and step; never decreases. Any thread; cannot fail. */
AM_API int64_t am_busy_ns(void);

/* ---- Options --------------------------------------------------------------------------------------------- */

typedef struct am_options am_options;

AM_API am_status am_options_open(am_options **out_options);
/* Stores a copy. Keys are checked by the function that reads the options, which knows its legal ones. */
AM_API am_status am_options_set(am_options *options, const char *key, const char *value);
AM_API void am_options_close(am_options **options);

/* ---- Model ----------------------------------------------------------------------------------------------- */

typedef struct am_model am_model;

/*
 * Opens a Hugging Face Whisper folder: config.json, generation_config.json, preprocessor_config.json,
 * tokenizer files (vocab.json, merges.txt, added_tokens.json, or tokenizer.json) and model.safetensors in
 * F32, F16 or BF16, in one file or sharded with model.safetensors.index.json. The weights are mapped while they are read,
 * converted once to the precision, in the layout of the instruction set, and shared by all sessions and decoders.
 * A folder with encoder tensors only, and no tokenizer, opens as a model that can encode but not decode.
 *
 * options (may be null):
 *   back-end     cpu (default) | npu | echo. Npu: the linear maps of the encoder's layers are computed by a device, see
 *                below; all else as by cpu. There is no way back to the processor in here: what the device fails at, fails.
 *                Echo computes no network: states and text are a hash of the sound, so that
 *                everything above the library can be tested. With echo, folder may be null: 80 mel bins, a window of
 *                10 s, 500 positions of 8 values.
 *   isa          auto (default) | portable | avx2 | avx512 | avx512vnni | avx512bf16, each with what the one before it
 *                has. An instruction set the processor lacks is AM_ERROR_OPTION.
 *   precision    auto (default) | f32 | bf16 | int8: what linear maps are computed in. int8: weights with a scale of each
 *                output channel, activations with one of each row. auto: bf16 where the instruction set multiplies it,
 *                else f32. Echo ignores it.
 *   alignment    auto (default) | ctc | dtw: how word times are found, see am_align. auto: ctc if the folder holds an
 *                alignment head. What the folder has nothing for is AM_ERROR_MODEL. Echo ignores it.
 *   audio-context  full (default) | actual: over how much of a window the encoder runs. Full: all of it, as Whisper's own
 *                models need, which were trained on windows padded to their full length. Actual: as far as there is sound,
 *                in a part of the time; for models that were trained on windows of any length.
 *   echo-hold-ms 0 (default) to 600000: every echo encode waits so long, ended early by its am_call. Echo only.
 *
 * options of back-end npu. Models that were opened with equal ones share the device, its queue and the one thread that uses it.
 *   device       xrt (default): AMD's NPU, driven by XRT | emulated: the processor computes XDNA2's block floating point
 *   device-overlay  folder of overlay.json, which names the overlay, its instructions and shapes; needed by xrt. The emulated
 *                device has one of its own: products of 512 x 512 x 512, bfloat16 in, float32 out.
 *   device-library  of xrt: the shared object that links XRT; default libamanuensis_xrt.so, found by the system's loader
 *   device-node  of xrt, such as /dev/accel/accel0; default: the first of the driver amdxdna
 *   device-run-timeout-ms  1 to 86400000, default 6000: how long one command may take, above the driver's watchdog of 2 s
 *   device-products  3 (default) | 1: the device's products that stand for one. 3: inputs and weights are each cut into what the
 *                device holds exactly and what is left; states come near float32's, however it rounds. 1: a third of the
 *                work, and the states are off by what 8 bits of mantissa are.
 *   device-queue 1 to 1024, default 8: products of all sessions that may wait; beyond it AM_ERROR_DEVICE_BUSY
 *   device-tflops, device-gbps, device-launch-us  default 8.9, 47, 107: the latency model behind device-modelled-ns
 *   device-latency  of emulated: none (default) | model: a command takes no less than the latency model says
 *   device-rounding  of emulated: even (default) | floor, as the hardware is after power-up
 *   device-faults  of emulated: what shall go wrong, such as "error@5,slow:200@10-20,lost@40-"; kinds: error, abort, timeout,
 *                hang, lost, stale, silent, drift, slow:ms, each at a run or a range of them, counted from 1; and none,
 *                permission, memlock, contexts, overlay, memory when opening
 *   device-fault-file  of emulated: a file whose text is such a script, looked at before every command; absent: no faults
 */
AM_API am_status am_model_open(const char *folder, const am_options *options, am_model **out_model);
AM_API void am_model_close(am_model **model);

/*
 * A number that describes the model. Keys:
 *   sample-rate          of the sound expected, Hz
 *   window-samples       samples in a full window (chunk_length x sample-rate)
 *   mel-bins             rows of a log-mel spectrogram
 *   mel-frames           columns of a log-mel spectrogram of a full window
 *   state-positions      rows of an encoder output
 *   state-width          columns of an encoder output
 *   decoder-positions    the most tokens of a decoding, its prompt included; 0 if the model cannot decode
 *   vocabulary-size      0 if the model cannot decode
 *   token-end-of-text, token-start-of-transcript, token-no-timestamps, token-timestamp-begin, token-no-speech
 *                        -1 where the model has no such token
 *   timestamp-ms         what one timestamp token is worth, ms (20 for Whisper)
 *   multilingual         1 if the prompt names a language and a task
 *   alignment-heads      how many (layer, head) pairs generation_config.json names for word times
 *   weight-bytes         bytes of converted weights that this model holds in memory, those on a device included
 * and of its device, which other models may use too; AM_ERROR_ARGUMENT if it has none:
 *   device-runs          commands started
 *   device-failures      failures that left the device poisoned
 *   device-resets        times that it was made usable again
 *   device-poisoned      1 until am_device_reset succeeds
 *   device-queue-depth   products that wait
 *   device-modelled-ns   what the latency model says the commands took, one after the other
 */
AM_API am_status am_model_number(const am_model *model, const char *key, int64_t *out_value);

/* How many positions the states of a window have that holds as many samples of sound, 1 to window-samples:
 * state-positions, or with audio-context actual those that begin within the sound. */
AM_API am_status am_model_positions(const am_model *model, int64_t sample_count, int64_t *out_positions);

/* A text that describes the model: "back-end" (cpu, echo, npu; npu-emulated where the device is no silicon), "device" (its name,
 * "" for none), "isa", "precision" (f32, bf16, int8; "" for echo), "alignment"
 * (how word times are found: ctc, by the letters of an alignment head; dtw, by cross-attention; "" not at all),
 * "languages" (comma separated codes: "en,de"). The string lives as long as the model. */
AM_API am_status am_model_text(const am_model *model, const char *key, const char **out_text);

/* Byte-level BPE as the reference tokenizer does it. encode: writes out_count tokens; AM_ERROR_CAPACITY if more are
 * needed. decode: special and timestamp tokens are left out; out_text gets a terminating zero within capacity. */
AM_API am_status am_model_tokens_of(const am_model *model, const char *text, int32_t *out_tokens, int64_t capacity,
                                    int64_t *out_count);
AM_API am_status am_model_text_of(const am_model *model, const int32_t *tokens, int64_t token_count, char *out_text,
                                  int64_t capacity, int64_t *out_length);

/* ---- Device ---------------------------------------------------------------------------------------------- */

/*
 * Looks for the device of back-end npu without opening it: what it says of itself, in lines "name: value". The status tells what
 * is missing, the first of: the object that drives it, the device, permission, memory that may be locked. options: the device's
 * of am_model_open. out_report gets a terminating zero within capacity; 4096 are enough.
 */
AM_API am_status am_device_probe(const am_options *options, char *out_report, int64_t capacity, int64_t *out_length);

/* Opens the device, or uses it if a model has it open, and multiplies what can be told apart: position probes that must be exact,
 * and signed random numbers against double precision. AM_ERROR_DEVICE_WRONG says where a result is wrong. */
AM_API am_status am_device_self_test(const am_options *options, char *out_report, int64_t capacity,
                                     int64_t *out_length);

/*
 * What a latency model says of Whisper's encoders on an XDNA2 NPU: a table for people, labelled as a model, with its inputs.
 * options (may be null): device-gbps, device-launch-us, device-tflops as above; host-gflops: what the processor reaches at the
 * convolutions and attention. 16384 are enough for out_report.
 */
AM_API am_status am_device_estimate(const am_options *options, char *out_report, int64_t capacity, int64_t *out_length);

/* Makes the model's device anew after a failure: context, programs and weights. Until it has succeeded every am_encode on
 * the device is AM_ERROR_DEVICE_POISONED. Waits for the command under way; at most 60 s. Any thread. */
AM_API am_status am_device_reset(const am_model *model);

/* ---- Calls: deadlines and cancellation ------------------------------------------------------------------- */

/* One am_call accompanies one native call at a time; the kernels look at it between layers and at every decoding step.
 * Wherever an am_call is a parameter, null means: no deadline. */
typedef struct am_call am_call;

AM_API am_status am_call_open(am_call **out_call);
/* Clears an earlier cancellation and sets the deadline, timeout_ms (1 to 86400000) from now. */
AM_API am_status am_call_start(am_call *call, int64_t timeout_ms);
/* Any thread. The accompanied call returns AM_ERROR_CANCELLED soon; a call started afterwards is not affected. */
AM_API am_status am_call_cancel(am_call *call);
AM_API void am_call_close(am_call **call);

/* ---- Session --------------------------------------------------------------------------------------------- */

typedef struct am_session am_session;

/* Scratch memory and key-value caches of one thread. Keeps the model's memory alive only while the model is open.
 * options (may be null): none yet; an unknown key is AM_ERROR_OPTION. */
AM_API am_status am_session_open(const am_model *model, const am_options *options, am_session **out_session);
AM_API void am_session_close(am_session **session);

/* Bytes the session holds at this moment. They grow to a bound that depends on the model and the largest batch. */
AM_API am_status am_session_bytes(const am_session *session, int64_t *out_bytes);

/*
 * Whisper's log-mel spectrogram. samples: 1 to window-samples of 16-bit mono sound at the model's sample rate
 * (float = sample / 32768); a shorter window is padded with zeros to the full length.
 * out_mel: [mel-bins][mel-frames], float32, row-major. Takes milliseconds; no am_call.
 * Source: openai/whisper audio.py, log_mel_spectrogram.
 */
AM_API am_status am_log_mel(am_session *session, const int16_t *samples, int64_t sample_count, float *out_mel,
                            int64_t mel_capacity);

/*
 * The encoder over window_count (1 to 64) windows. mel: [window_count][mel-bins][mel-frames]. sample_counts:
 * [window_count], of each window's sound; null: all are full.
 * out_states: [window_count][state-positions][state-width] of state_type. Of a window the first am_model_positions of its
 * samples are written; what the others hold, and all on failure, is undefined. A window's states are the same bits whatever
 * its neighbours in the batch.
 */
AM_API am_status am_encode(am_session *session, am_call *call, const float *mel, int32_t window_count,
                           const int64_t *sample_counts, am_type state_type, void *out_states, int64_t state_capacity);

/* ---- Speech detector ------------------------------------------------------------------------------------- */

typedef struct am_detector am_detector;

/*
 * Opens a network that says how likely somebody speaks: the logarithms of the energies of some bands between 100 and 3800 Hz of each
 * frame, a gated recurrent unit, and a logistic output. It needs no model and no thread of the budget, and may be used from
 * any number of threads.
 *
 * numbers: [number_count], read and not kept: how many bands (1 to 64) and units (48, 96, 144 or 192); the weights
 * [bands][3 x units] of the input and [units][3 x units] of the memory, gates in the order reset, update, new; the biases [3 x units]
 * of input and memory; the output's weights [units] and its bias. operators/vad/train.py writes them.
 */
AM_API am_status am_detector_open(const float *numbers, int64_t number_count, am_detector **out_detector);
AM_API void am_detector_close(am_detector **detector);

/*
 * Listens to the next sound of a line: the probability of speech in each frame of 320 samples at 16 kHz. Silence stands behind a
 * last frame that is shorter. The same bits on every instruction set, and however many frames come at once.
 *
 * samples            [sample_count], 1 and more
 * memory             [memory_length], as many as the network has units: what it remembers of the line; zeros at its beginning.
 *                    Updated
 * out_probabilities  [frames], 0 to 1
 */
AM_API am_status am_detector_listen(const am_detector *detector, const int16_t *samples, int64_t sample_count,
                                    float *memory, int64_t memory_length, float *out_probabilities, int64_t capacity);

/* ---- Filter bank ----------------------------------------------------------------------------------------- */

typedef struct am_filter_bank am_filter_bank;

/*
 * Filters of equal length that take turns, as between a sampling rate and a multiple of it. Needs no model, and may be used from
 * any number of threads.
 *
 * weights: [phase_count][tap_count], read and not kept; 1 to 16000 phases, 1 to 4096 taps. Products are added in float32: of each
 * 64 taps, tap 0, 16, 32, 48, then 1, 17, 33, 49, and so on.
 */
AM_API am_status am_filter_bank_open(const float *weights, int32_t phase_count, int32_t tap_count,
                                     am_filter_bank **out_filter_bank);
AM_API void am_filter_bank_close(am_filter_bank **filter_bank);

/*
 * Output i is the sum over tap of weights[p % phase_count][tap] * samples[p / phase_count + tap], where p = first_phase + i, rounded
 * to nearest, halves up, and clipped; what is not a number becomes -32768. The same bits on every instruction set. Takes
 * microseconds, and no thread of the budget.
 *
 * samples      [sample_count], on the scale of the output; at least (first_phase + output_count - 1) / phase_count + tap_count
 * first_phase  0 to phase_count - 1
 * out_samples  [output_count], 1 to 2^24
 */
AM_API am_status am_filter_bank_run(const am_filter_bank *filter_bank, const float *samples, int64_t sample_count,
                                    int32_t first_phase, int16_t *out_samples, int64_t output_count);

/* ---- Decoding -------------------------------------------------------------------------------------------- */

typedef struct am_decoding am_decoding;

/*
 * Decoding with Whisper's rules: suppressed tokens, no blank at the start, and the timestamp rules.
 * states: [window_count][state-positions][state-width] of state_type, all of which are looked at: where am_encode has written fewer
 * (audio-context actual), am_decoder_add takes how many. A window's result does not depend on its neighbours. options (may be null; they hold for all windows of the call):
 *   language     a code of the model ("en"), or auto: the most probable one of each window. Default: en if the model has
 *                it, else auto. Ignored by English-only models.
 *   task         transcribe (default) | translate
 *   timestamps   on (default) | off
 *   max-tokens   1 to decoder-positions; default half of decoder-positions, as in the reference
 *   min-tokens   0 (default) to decoder-positions: the end of text is forbidden before as many tokens, unless the other
 *                rules leave nothing else. For benchmarks.
 *   beam-size    1 (default) to 16: sequences that are searched together; patience 1, ranked by their mean log-probability
 *   temperature  0 (default) to 2: above 0, tokens are drawn. The draws follow from the states and the temperature alone:
 *                the same window gives the same text. Only with beam-size 1.
 * out_decoding: to be closed by the caller.
 * Source: openai/whisper decoding.py.
 */
AM_API am_status am_decode(am_session *session, am_call *call, const void *states, am_type state_type,
                           int32_t window_count, const am_options *options, am_decoding **out_decoding);
AM_API void am_decoding_close(am_decoding **decoding);

/* The token ids after the prompt, end of text left out; timestamp tokens included. Lives as long as the decoding. */
AM_API am_status am_decoding_tokens(const am_decoding *decoding, int32_t window, const int32_t **out_tokens,
                                    int64_t *out_count);
/* The text of a window without timestamps and without surrounding blanks; zero-terminated. */
AM_API am_status am_decoding_text(const am_decoding *decoding, int32_t window, const char **out_text);
/* The language code that the window was decoded in; "en" for an English-only model. */
AM_API am_status am_decoding_language(const am_decoding *decoding, int32_t window, const char **out_language);
/*
 * A measure of a window. Keys:
 *   average-log-probability   sum of the chosen tokens' log-probabilities, end of text included, / (tokens + 1)
 *   no-speech-probability     of <|nospeech|> at the position of <|startoftranscript|>; 0 if the model has no such token
 *   end-reached               1 if decoding ended with the end-of-text token, 0 if max-tokens ended it
 */
AM_API am_status am_decoding_measure(const am_decoding *decoding, int32_t window, const char *key, double *out_value);

/* ---- Continuous decoding --------------------------------------------------------------------------------- */

/*
 * Windows that one thread decodes together, one token of each a step: a window joins between any two steps and leaves when
 * it has ended. Together they share the reading of the weights, which is most of a step's time. A window's result is the
 * same bits whatever the others, their order and the number of threads, and that of am_decode.
 */
typedef struct am_decoder am_decoder;

/*
 * options (may be null):
 *   windows      1 to 256, default 16: sequences in memory together. A window takes one, or as many as its beam-size.
 *   kv-cache     auto (default) | f32 | bf16 | int8: how keys and values are kept. int8: those of states in int8, keys with a
 *                scale of each position and values of each channel; those of tokens in bf16. auto: as the model's precision.
 *   word-times   on (default) | off: whether what am_decoder_align needs is kept. off: it is AM_ERROR_OPTION.
 * Memory: of every window in use once, decoder layers x 2 x state-width x (state-positions + decoder-positions x
 * beam-size) numbers, for word times by cross-attention 2 x alignment-heads x state-positions bytes a token, and working
 * memory that depends on the model and on windows; it is kept for later windows.
 */
AM_API am_status am_decoder_open(const am_model *model, const am_options *options, am_decoder **out_decoder);
AM_API void am_decoder_close(am_decoder **decoder);

/* Bytes the decoder holds at this moment. */
AM_API am_status am_decoder_bytes(const am_decoder *decoder, int64_t *out_bytes);

/*
 * A window joins: the keys and values of its states are computed. states: [positions][state-width] of state_type, 1 to
 * state-positions of them.
 * options: as of am_decode. out_ticket: the window's name from here on, above 0, never given twice.
 * AM_ERROR_CAPACITY while too few sequences are free, with nothing changed: advance and take, then add again.
 */
AM_API am_status am_decoder_add(am_decoder *decoder, am_call *call, const void *states, am_type state_type,
                                int64_t positions, const am_options *options, int64_t *out_ticket);

/*
 * Steps until at least one window has ended, or none is left that has not. out_tickets: of those that have, each once, at
 * most capacity (1 or more) of them: the others by the next calls, without a step. out_count 0: nothing is left to decode.
 * A window whose logits are not finite ends with AM_ERROR_NUMERIC, its neighbours go on. After AM_ERROR_CANCELLED and
 * AM_ERROR_DEADLINE the windows are as after their last whole step, and may be advanced again.
 */
AM_API am_status am_decoder_advance(am_decoder *decoder, am_call *call, int64_t *out_tickets, int64_t capacity,
                                    int64_t *out_count);

/* The result of a window that has ended, as window 0 of a decoding, or the error that it ended with. The window stays, to
 * be retried, aligned and taken. AM_ERROR_ARGUMENT if it is still being decoded. */
AM_API am_status am_decoder_result(am_decoder *decoder, int64_t ticket, am_decoding **out_decoding);

/* The same, and either way the window leaves: what it held is free for others. */
AM_API am_status am_decoder_take(am_decoder *decoder, int64_t ticket, am_decoding **out_decoding);

/* Decodes a window that has ended once more, with other options, such as a temperature. What was
 * computed of its states is used again. Fails as am_decoder_add does; the window can then still be taken. */
AM_API am_status am_decoder_retry(am_decoder *decoder, int64_t ticket, const am_options *options);

/* A window leaves, whether or not it has ended. */
AM_API am_status am_decoder_remove(am_decoder *decoder, int64_t ticket);

/* ---- Word times ------------------------------------------------------------------------------------------ */

typedef struct am_alignment am_alignment;

/*
 * Word times of one window. If the model folder holds an alignment head (alignment_head.json, alignment_head.safetensors; a
 * linear map from states to letters), by forced alignment of the words' letters; else by dynamic time warping over the
 * cross-attention of the model's alignment heads (median filter 7). tokens: text tokens of the window; timestamp and special
 * tokens among them are skipped. sample_count: how many samples of the window are sound rather than padding. Words are text
 * split at spaces (in languages without spaces, at characters); punctuation stays with its word. No text tokens give no words.
 * language: a code as in am_decode; null for the model's default.
 * AM_ERROR_MODEL if the folder has neither.
 * Source: openai/whisper timing.py, find_alignment.
 */
AM_API am_status am_align(am_session *session, am_call *call, const void *states, am_type state_type,
                          const int32_t *tokens, int64_t token_count, int64_t sample_count, const char *language,
                          am_alignment **out_alignment);
/*
 * The same for a window of a decoder that has not left: what was computed of its states is used again. Where cross-attention places
 * words, and the tokens are those that the window's last decoding chose, timestamps included, with a beam of 1 and to a good end,
 * the attention and the probabilities of that decoding are taken. Other tokens go through the decoder once more, as am_align's do,
 * after a prompt without timestamps. The two ways differ by a position here and there, and at pauses between segments, which have
 * rows of their own in the first.
 * Source: of the first way, _extract_token_timestamps of Hugging Face's Whisper.
 */
AM_API am_status am_decoder_align(am_decoder *decoder, am_call *call, int64_t ticket, const int32_t *tokens,
                                  int64_t token_count, int64_t sample_count, const char *language,
                                  am_alignment **out_alignment);
AM_API void am_alignment_close(am_alignment **alignment);

AM_API am_status am_alignment_count(const am_alignment *alignment, int32_t *out_word_count);
/* One word: its text without surrounding blanks (lives as long as the alignment), its times within the window, and the
 * mean probability of its tokens, or of its letters where an alignment head placed it. Times never decrease from word to word. */
AM_API am_status am_alignment_word(const am_alignment *alignment, int32_t word, const char **out_text,
                                   int32_t *out_start_ms, int32_t *out_end_ms, double *out_probability);

#ifdef __cplusplus
}
#endif

#endif /* AMANUENSIS_H */
