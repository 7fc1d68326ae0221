/*
 * Every function of the C interface: checks arguments against the model's facts, calls the layer that does the work,
 * and lets nothing but a status out.
 */
#include "amanuensis.h"

#include <algorithm>
#include <cstring>

#include "back_end/open_model.h"
#include "capi/describe.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/library.h"
#include "common/cores.h"
#include "cpu/instruction_sets.h"
#include "device/device_engine.h"
#include "device/latency_report.h"
#include "device/self_test.h"

using namespace amanuensis;

namespace {

constexpr int32_t kMostWindows = 64;
constexpr int64_t kMostMilliseconds = 86400000;
constexpr int64_t kWidestBeam = 16;
constexpr int64_t kMostSequences = 256;
constexpr int64_t kMostDetectorNumbers = 1000000;
constexpr int32_t kMostPhases = 16000;
constexpr int32_t kMostTaps = 4096;
constexpr int64_t kMostOutputs = 1 << 24;

const Call kWithoutDeadline;

const Call &call_or_none(const am_call *call) {
  return call ? call->call : kWithoutDeadline;
}

const Options *values_of(const am_options *options) {
  return options ? &options->values : nullptr;
}

void require_type(am_type type) {
  if (type != AM_FLOAT32 && type != AM_BFLOAT16) {
    fail(AM_ERROR_ARGUMENT, "state_type is ", type, "; legal: AM_FLOAT32 (0), AM_BFLOAT16 (1)");
  }
}

void require_decoder(const ModelFacts &facts) {
  if (!facts.can_decode()) {
    fail(AM_ERROR_MODEL, "the model folder holds an encoder only: no decoder tensors and no tokenizer");
  }
}

void require_tokens(const ModelFacts &facts, const int32_t *tokens, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    if (tokens[i] < 0 || tokens[i] >= facts.vocabulary_size) {
      fail(AM_ERROR_ARGUMENT, "token ", i, " is ", tokens[i], "; legal: 0 to ", facts.vocabulary_size - 1);
    }
  }
}

/** Of am_align and am_decoder_align. */
void require_alignable(const ModelFacts &facts, const int32_t *tokens, int64_t token_count, int64_t sample_count) {
  if (facts.alignment.empty()) {
    fail(AM_ERROR_MODEL, "the model folder names no alignment heads: generation_config.json has no alignment_heads, and there is no alignment_head.json");
  }
  require_range("token_count", token_count, 0, facts.decoder_positions);
  if (token_count > 0) {
    require_not_null("tokens", tokens);
  }
  require_tokens(facts, tokens, token_count);
  require_range("sample_count", sample_count, 1, facts.window_samples);
}

DeviceEngine &device_of(const am_model &model) {
  DeviceEngine *device = model.model->device();
  if (!device) {
    fail(AM_ERROR_ARGUMENT, "the model has no device; its back end is ", model.facts().back_end);
  }
  return *device;
}

/** Zero-terminated. */
void give_text(const std::string &text, const char *name, char *out_text, int64_t capacity, int64_t *out_length) {
  require_capacity(name, capacity, static_cast<int64_t>(text.size()) + 1);
  std::memcpy(out_text, text.c_str(), text.size() + 1);
  *out_length = static_cast<int64_t>(text.size());
}

const DecodedWindow &window_of(const am_decoding &decoding, int32_t window) {
  require_range("window", window, 0, static_cast<int64_t>(decoding.windows.size()) - 1);
  return decoding.windows[static_cast<size_t>(window)];
}

DecodeOptions decode_options(const am_options *options, const ModelFacts &facts) {
  const OptionReader reader(values_of(options), {"language", "task", "timestamps", "max-tokens", "min-tokens",
                                                 "beam-size", "temperature"});
  DecodeOptions decode = {
      .language = reader.text("language", ""),
      .translate = reader.choice("task", "transcribe", {"transcribe", "translate"}) == "translate",
      .timestamps = reader.choice("timestamps", "on", {"on", "off"}) == "on",
      .max_tokens = reader.integer("max-tokens", facts.decoder_positions / 2, 1, facts.decoder_positions),
      .min_tokens = reader.integer("min-tokens", 0, 0, facts.decoder_positions),
      .beam_size = reader.integer("beam-size", 1, 1, kWidestBeam),
      .temperature = reader.number("temperature", 0, 0, 2)};
  if (decode.temperature > 0 && decode.beam_size > 1) {
    fail(AM_ERROR_OPTION, "option \"beam-size\" is ", decode.beam_size, " and \"temperature\" ", decode.temperature,
         "; a beam is searched at temperature 0 only");
  }
  return decode;
}

BatchOptions batch_options(const am_options *options) {
  const OptionReader reader(values_of(options), {"kv-cache", "windows", "word-times"});
  return {.windows = reader.integer("windows", 16, 1, kMostSequences),
          .cache = reader.choice("kv-cache", "auto", {"auto", "f32", "bf16", "int8"}),
          .word_times = reader.choice("word-times", "on", {"on", "off"}) == "on"};
}

template <typename Handle>
void close(Handle **handle) {
  if (handle) {
    delete *handle;
    *handle = nullptr;
  }
}

}  // namespace

extern "C" {

/* ---- Library ---- */

int32_t am_abi_version(void) {
  return AM_ABI_VERSION;
}

const char *am_library_build(void) {
  return library_build();
}

const char *am_last_error(void) {
  return last_error;
}

am_status am_set_threads(int32_t count) {
  return guarded(__func__, [&] {
    require_range("count", count, 1, Cores::kMost);
    Cores::all().resize(count);
  });
}

int32_t am_threads(void) {
  return Cores::all().count();
}

int64_t am_busy_ns(void) {
  return Cores::all().busy_ns();
}

/* ---- Options ---- */

am_status am_options_open(am_options **out_options) {
  return guarded(__func__, [&] {
    require_not_null("out_options", out_options);
    *out_options = new am_options;
  });
}

am_status am_options_set(am_options *options, const char *key, const char *value) {
  return guarded(__func__, [&] {
    require_not_null("options, key, value", options, key, value);
    options->values.insert_or_assign(key, value);
  });
}

void am_options_close(am_options **options) {
  close(options);
}

/* ---- Model ---- */

am_status am_model_open(const char *folder, const am_options *options, am_model **out_model) {
  return guarded(__func__, [&] {
    require_not_null("out_model", out_model);
    *out_model = new am_model(open_model(folder, values_of(options)));
  });
}

void am_model_close(am_model **model) {
  close(model);
}

am_status am_model_number(const am_model *model, const char *key, int64_t *out_value) {
  return guarded(__func__, [&] {
    require_not_null("model, key, out_value", model, key, out_value);
    const bool of_device = std::string_view(key).starts_with("device-");
    *out_value = of_device ? device_of(*model).number(key) : number_of(model->facts(), key);
  });
}

am_status am_model_positions(const am_model *model, int64_t sample_count, int64_t *out_positions) {
  return guarded(__func__, [&] {
    require_not_null("model, out_positions", model, out_positions);
    require_range("sample_count", sample_count, 1, model->facts().window_samples);
    *out_positions = model->facts().positions_of(sample_count);
  });
}

am_status am_model_text(const am_model *model, const char *key, const char **out_text) {
  return guarded(__func__, [&] {
    require_not_null("model, key, out_text", model, key, out_text);
    const std::string_view name = key;
    if (name == "back-end") {
      *out_text = model->facts().back_end.c_str();
    } else if (name == "precision") {
      *out_text = model->facts().precision.c_str();
    } else if (name == "isa") {
      *out_text = model->facts().isa.c_str();
    } else if (name == "alignment") {
      *out_text = model->facts().alignment.c_str();
    } else if (name == "device") {
      *out_text = model->facts().device.c_str();
    } else if (name == "languages") {
      *out_text = model->languages.c_str();
    } else {
      fail(AM_ERROR_ARGUMENT, "unknown key \"", name, "\"; legal: alignment, back-end, isa, precision, languages");
    }
  });
}

am_status am_model_tokens_of(const am_model *model, const char *text, int32_t *out_tokens, int64_t capacity,
                             int64_t *out_count) {
  return guarded(__func__, [&] {
    require_not_null("model, text, out_tokens, out_count", model, text, out_tokens, out_count);
    require_decoder(model->facts());
    const std::vector<int32_t> tokens = model->model->tokens_of(text);
    require_capacity("out_tokens", capacity, static_cast<int64_t>(tokens.size()));
    std::copy(tokens.begin(), tokens.end(), out_tokens);
    *out_count = static_cast<int64_t>(tokens.size());
  });
}

am_status am_model_text_of(const am_model *model, const int32_t *tokens, int64_t token_count, char *out_text,
                           int64_t capacity, int64_t *out_length) {
  return guarded(__func__, [&] {
    require_not_null("model, tokens, out_text, out_length", model, tokens, out_text, out_length);
    require_range("token_count", token_count, 0, INT32_MAX);
    require_decoder(model->facts());
    require_tokens(model->facts(), tokens, token_count);
    give_text(model->model->text_of({tokens, static_cast<size_t>(token_count)}), "out_text", out_text, capacity,
              out_length);
  });
}

/* ---- Device ---- */

am_status am_device_probe(const am_options *options, char *out_report, int64_t capacity, int64_t *out_length) {
  return guarded(__func__, [&] {
    require_not_null("out_report, out_length", out_report, out_length);
    const OptionReader reader(values_of(options), device_option_keys());
    give_text(probe_device(read_device_settings(reader)), "out_report", out_report, capacity, out_length);
  });
}

am_status am_device_self_test(const am_options *options, char *out_report, int64_t capacity, int64_t *out_length) {
  return guarded(__func__, [&] {
    require_not_null("out_report, out_length", out_report, out_length);
    const OptionReader reader(values_of(options), device_option_keys());
    const auto engine = DeviceEngine::shared(read_device_settings(reader));
    give_text(self_test(*engine), "out_report", out_report, capacity, out_length);
  });
}

am_status am_device_estimate(const am_options *options, char *out_report, int64_t capacity, int64_t *out_length) {
  return guarded(__func__, [&] {
    require_not_null("out_report, out_length", out_report, out_length);
    give_text(latency_report(values_of(options)), "out_report", out_report, capacity, out_length);
  });
}

am_status am_device_reset(const am_model *model) {
  return guarded(__func__, [&] {
    require_not_null("model", model);
    device_of(*model).reset();
  });
}

/* ---- Calls ---- */

am_status am_call_open(am_call **out_call) {
  return guarded(__func__, [&] {
    require_not_null("out_call", out_call);
    *out_call = new am_call;
  });
}

am_status am_call_start(am_call *call, int64_t timeout_ms) {
  return guarded(__func__, [&] {
    require_not_null("call", call);
    require_range("timeout_ms", timeout_ms, 1, kMostMilliseconds);
    call->call.start(std::chrono::milliseconds(timeout_ms));
  });
}

am_status am_call_cancel(am_call *call) {
  return guarded(__func__, [&] {
    require_not_null("call", call);
    call->call.cancel();
  });
}

void am_call_close(am_call **call) {
  close(call);
}

/* ---- Session ---- */

am_status am_session_open(const am_model *model, const am_options *options, am_session **out_session) {
  return guarded(__func__, [&] {
    require_not_null("model, out_session", model, out_session);
    OptionReader(values_of(options), {});
    *out_session = new am_session{*model, model->model->open_session()};
  });
}

void am_session_close(am_session **session) {
  close(session);
}

am_status am_session_bytes(const am_session *session, int64_t *out_bytes) {
  return guarded(__func__, [&] {
    require_not_null("session, out_bytes", session, out_bytes);
    *out_bytes = session->session->bytes();
  });
}

am_status am_log_mel(am_session *session, const int16_t *samples, int64_t sample_count, float *out_mel,
                     int64_t mel_capacity) {
  return guarded(__func__, [&] {
    require_not_null("session, samples, out_mel", session, samples, out_mel);
    const ModelFacts &facts = session->model.facts();
    require_range("sample_count", sample_count, 1, facts.window_samples);
    require_capacity("out_mel", mel_capacity, facts.mel_size());
    session->session->log_mel({samples, static_cast<size_t>(sample_count)}, out_mel);
  });
}

am_status am_encode(am_session *session, am_call *call, const float *mel, int32_t window_count,
                    const int64_t *sample_counts, am_type state_type, void *out_states, int64_t state_capacity) {
  return guarded(__func__, [&] {
    require_not_null("session, mel, out_states", session, mel, out_states);
    const ModelFacts &facts = session->model.facts();
    require_range("window_count", window_count, 1, kMostWindows);
    require_type(state_type);
    require_capacity("out_states", state_capacity, window_count * facts.state_size());
    const std::span counts(sample_counts, sample_counts ? static_cast<size_t>(window_count) : 0);
    for (const int64_t count : counts) {
      require_range("sample_counts", count, 1, facts.window_samples);
    }
    session->session->encode(call_or_none(call), mel, window_count, counts,
                             {state_type, out_states, facts.state_size()});
  });
}

/* ---- Speech detector ---- */

am_status am_detector_open(const float *numbers, int64_t number_count, am_detector **out_detector) {
  return guarded(__func__, [&] {
    require_not_null("numbers, out_detector", numbers, out_detector);
    require_range("number_count", number_count, 1, kMostDetectorNumbers);
    *out_detector = new am_detector{{{numbers, static_cast<size_t>(number_count)}, kernels_named("auto")}};
  });
}

void am_detector_close(am_detector **detector) {
  close(detector);
}

am_status am_detector_listen(const am_detector *detector, const int16_t *samples, int64_t sample_count, float *memory,
                             int64_t memory_length, float *out_probabilities, int64_t capacity) {
  return guarded(__func__, [&] {
    require_not_null("detector, samples, memory, out_probabilities", detector, samples, memory, out_probabilities);
    const SpeechDetector &network = detector->network;
    require_range("sample_count", sample_count, 1, INT32_MAX);
    require_range("memory_length", memory_length, network.memory_length(), network.memory_length());
    require_capacity("out_probabilities", capacity, SpeechDetector::frames_of(sample_count));
    const BesideTheBudget counted;
    network.listen({samples, static_cast<size_t>(sample_count)}, memory, out_probabilities);
  });
}

/* ---- Filter bank ---- */

am_status am_filter_bank_open(const float *weights, int32_t phase_count, int32_t tap_count,
                              am_filter_bank **out_filter_bank) {
  return guarded(__func__, [&] {
    require_not_null("weights, out_filter_bank", weights, out_filter_bank);
    require_range("phase_count", phase_count, 1, kMostPhases);
    require_range("tap_count", tap_count, 1, kMostTaps);
    const std::span all(weights, static_cast<size_t>(phase_count) * static_cast<size_t>(tap_count));
    *out_filter_bank = new am_filter_bank{{all, phase_count, kernels_named("auto")}};
  });
}

void am_filter_bank_close(am_filter_bank **filter_bank) {
  close(filter_bank);
}

am_status am_filter_bank_run(const am_filter_bank *filter_bank, const float *samples, int64_t sample_count,
                             int32_t first_phase, int16_t *out_samples, int64_t output_count) {
  return guarded(__func__, [&] {
    require_not_null("filter_bank, samples, out_samples", filter_bank, samples, out_samples);
    const FilterBank &filters = filter_bank->filters;
    require_range("first_phase", first_phase, 0, filters.phases() - 1);
    require_range("output_count", output_count, 1, kMostOutputs);
    require_range("sample_count", sample_count, filters.reach(first_phase, output_count), INT64_MAX);
    const BesideTheBudget counted;
    filters.run({samples, static_cast<size_t>(sample_count)}, first_phase,
                {out_samples, static_cast<size_t>(output_count)});
  });
}

/* ---- Decoding ---- */

am_status am_decode(am_session *session, am_call *call, const void *states, am_type state_type, int32_t window_count,
                    const am_options *options, am_decoding **out_decoding) {
  return guarded(__func__, [&] {
    require_not_null("session, states, out_decoding", session, states, out_decoding);
    const ModelFacts &facts = session->model.facts();
    require_decoder(facts);
    require_range("window_count", window_count, 1, kMostWindows);
    require_type(state_type);
    const DecodeOptions decode = decode_options(options, facts);
    const StatesIn states_in(state_type, states, facts.state_size());
    *out_decoding = new am_decoding{session->session->decode(call_or_none(call), states_in, window_count, decode)};
  });
}

am_status am_decoder_open(const am_model *model, const am_options *options, am_decoder **out_decoder) {
  return guarded(__func__, [&] {
    require_not_null("model, out_decoder", model, out_decoder);
    require_decoder(model->facts());
    const BatchOptions batch = batch_options(options);
    *out_decoder = new am_decoder{*model, model->model->open_batch(batch), batch.word_times};
  });
}

void am_decoder_close(am_decoder **decoder) {
  close(decoder);
}

am_status am_decoder_bytes(const am_decoder *decoder, int64_t *out_bytes) {
  return guarded(__func__, [&] {
    require_not_null("decoder, out_bytes", decoder, out_bytes);
    *out_bytes = decoder->batch->bytes();
  });
}

am_status am_decoder_add(am_decoder *decoder, am_call *call, const void *states, am_type state_type, int64_t positions,
                         const am_options *options, int64_t *out_ticket) {
  return guarded(__func__, [&] {
    require_not_null("decoder, states, out_ticket", decoder, states, out_ticket);
    const ModelFacts &facts = decoder->model.facts();
    require_type(state_type);
    const DecodeOptions decode = decode_options(options, facts);
    require_range("positions", positions, 1, facts.state_positions);
    const StatesIn states_in(state_type, states, positions * facts.state_width);
    *out_ticket = decoder->batch->add(call_or_none(call), states_in, positions, decode);
  });
}

am_status am_decoder_advance(am_decoder *decoder, am_call *call, int64_t *out_tickets, int64_t capacity,
                             int64_t *out_count) {
  return guarded(__func__, [&] {
    require_not_null("decoder, out_tickets, out_count", decoder, out_tickets, out_count);
    require_range("capacity", capacity, 1, INT32_MAX);
    *out_count = decoder->batch->advance(call_or_none(call), {out_tickets, static_cast<size_t>(capacity)});
  });
}

am_status am_decoder_result(am_decoder *decoder, int64_t ticket, am_decoding **out_decoding) {
  return guarded(__func__, [&] {
    require_not_null("decoder, out_decoding", decoder, out_decoding);
    *out_decoding = new am_decoding{{decoder->batch->result(ticket)}};
  });
}

am_status am_decoder_take(am_decoder *decoder, int64_t ticket, am_decoding **out_decoding) {
  return guarded(__func__, [&] {
    require_not_null("decoder, out_decoding", decoder, out_decoding);
    *out_decoding = new am_decoding{{decoder->batch->take(ticket)}};
  });
}

am_status am_decoder_retry(am_decoder *decoder, int64_t ticket, const am_options *options) {
  return guarded(__func__, [&] {
    require_not_null("decoder", decoder);
    decoder->batch->retry(ticket, decode_options(options, decoder->model.facts()));
  });
}

am_status am_decoder_remove(am_decoder *decoder, int64_t ticket) {
  return guarded(__func__, [&] {
    require_not_null("decoder", decoder);
    decoder->batch->remove(ticket);
  });
}

am_status am_decoder_align(am_decoder *decoder, am_call *call, int64_t ticket, const int32_t *tokens,
                           int64_t token_count, int64_t sample_count, const char *language,
                           am_alignment **out_alignment) {
  return guarded(__func__, [&] {
    require_not_null("decoder, out_alignment", decoder, out_alignment);
    require_alignable(decoder->model.facts(), tokens, token_count, sample_count);
    if (!decoder->word_times) {
      fail(AM_ERROR_OPTION, "the decoder was opened with \"word-times\" off");
    }
    *out_alignment = new am_alignment{decoder->batch->align(call_or_none(call), ticket,
                                                            {tokens, static_cast<size_t>(token_count)}, sample_count,
                                                            language ? language : "")};
  });
}

void am_decoding_close(am_decoding **decoding) {
  close(decoding);
}

am_status am_decoding_tokens(const am_decoding *decoding, int32_t window, const int32_t **out_tokens,
                             int64_t *out_count) {
  return guarded(__func__, [&] {
    require_not_null("decoding, out_tokens, out_count", decoding, out_tokens, out_count);
    const std::vector<int32_t> &tokens = window_of(*decoding, window).tokens;
    *out_tokens = tokens.data();
    *out_count = static_cast<int64_t>(tokens.size());
  });
}

am_status am_decoding_text(const am_decoding *decoding, int32_t window, const char **out_text) {
  return guarded(__func__, [&] {
    require_not_null("decoding, out_text", decoding, out_text);
    *out_text = window_of(*decoding, window).text.c_str();
  });
}

am_status am_decoding_language(const am_decoding *decoding, int32_t window, const char **out_language) {
  return guarded(__func__, [&] {
    require_not_null("decoding, out_language", decoding, out_language);
    *out_language = window_of(*decoding, window).language.c_str();
  });
}

am_status am_decoding_measure(const am_decoding *decoding, int32_t window, const char *key, double *out_value) {
  return guarded(__func__, [&] {
    require_not_null("decoding, key, out_value", decoding, key, out_value);
    *out_value = measure_of(window_of(*decoding, window), key);
  });
}

/* ---- Word times ---- */

am_status am_align(am_session *session, am_call *call, const void *states, am_type state_type, const int32_t *tokens,
                   int64_t token_count, int64_t sample_count, const char *language, am_alignment **out_alignment) {
  return guarded(__func__, [&] {
    require_not_null("session, states, out_alignment", session, states, out_alignment);
    const ModelFacts &facts = session->model.facts();
    require_decoder(facts);
    require_type(state_type);
    require_alignable(facts, tokens, token_count, sample_count);
    const StatesIn states_in(state_type, states, facts.state_size());
    *out_alignment = new am_alignment{session->session->align(call_or_none(call), states_in,
                                                              {tokens, static_cast<size_t>(token_count)}, sample_count,
                                                              language ? language : "")};
  });
}

void am_alignment_close(am_alignment **alignment) {
  close(alignment);
}

am_status am_alignment_count(const am_alignment *alignment, int32_t *out_word_count) {
  return guarded(__func__, [&] {
    require_not_null("alignment, out_word_count", alignment, out_word_count);
    *out_word_count = static_cast<int32_t>(alignment->words.size());
  });
}

am_status am_alignment_word(const am_alignment *alignment, int32_t word, const char **out_text, int32_t *out_start_ms,
                            int32_t *out_end_ms, double *out_probability) {
  return guarded(__func__, [&] {
    require_not_null("alignment, out_text, out_start_ms, out_end_ms, out_probability", alignment, out_text,
                     out_start_ms, out_end_ms, out_probability);
    require_range("word", word, 0, static_cast<int64_t>(alignment->words.size()) - 1);
    const AlignedWord &found = alignment->words[static_cast<size_t>(word)];
    *out_text = found.text.c_str();
    *out_start_ms = found.start_ms;
    *out_end_ms = found.end_ms;
    *out_probability = found.probability;
  });
}

}  // extern "C"
