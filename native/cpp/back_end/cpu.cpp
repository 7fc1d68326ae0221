#include "back_end/cpu.h"

#include <algorithm>
#include <map>
#include <optional>

#include "align/aligner.h"
#include "audio/log_mel.h"
#include "common/error.h"
#include "common/sound.h"
#include "cpu/instruction_sets.h"
#include "decode/decoding_batch.h"
#include "decode/rules.h"
#include "model/device_encoder.h"
#include "model/encoder.h"
#include "model/whisper.h"

namespace amanuensis {
namespace {

std::string alignment_of(const WhisperText &text, const std::string &wanted) {
  const bool heads = !text.generation.alignment_heads.empty();
  if (wanted == "ctc" && !text.alignment_head) {
    fail(AM_ERROR_MODEL, "option \"alignment\" is ctc, but the model folder holds no alignment_head.json");
  }
  if (wanted == "dtw" && !heads) {
    fail(AM_ERROR_MODEL, "option \"alignment\" is dtw, but generation_config.json has no alignment_heads");
  }
  return wanted != "dtw" && text.alignment_head ? "ctc" : heads ? "dtw" : "";
}

void describe_text(const WhisperText &text, const Dimensions &d, ModelFacts &facts) {
  const SpecialTokens &special = text.special;
  facts.decoder_positions = d.max_target_positions;
  facts.vocabulary_size = d.vocab_size;
  facts.token_end_of_text = special.end_of_text;
  facts.token_start_of_transcript = special.start_of_transcript;
  facts.token_no_timestamps = special.no_timestamps;
  facts.token_timestamp_begin = special.timestamp_begin;
  facts.token_no_speech = special.no_speech;
  facts.multilingual = special.multilingual;
  facts.alignment_heads = static_cast<int64_t>(text.generation.alignment_heads.size());
  for (const auto &[code, token] : special.languages) {
    facts.languages.push_back(code);
  }
  if (!special.multilingual) {
    facts.languages = {"en"};
  }
}

ModelFacts describe(const Whisper &whisper, const CpuOptions &options) {
  const Dimensions &d = whisper.dimensions;
  ModelFacts facts;
  facts.back_end = options.device ? options.device->back_end() : "cpu";
  facts.device = options.device ? options.device->facts().name : "";
  facts.actual_context = options.actual_context;
  facts.isa = whisper.kernels.name;
  facts.precision = name_of(whisper.precision);
  facts.sample_rate = kSampleRate;
  facts.window_samples = d.window_samples;
  facts.mel_bins = d.num_mel_bins;
  facts.mel_frames = d.window_samples / kMelHop;
  facts.state_positions = d.max_source_positions;
  facts.state_width = d.d_model;
  facts.timestamp_ms = d.window_samples * 1000 / kSampleRate / d.max_source_positions;
  facts.weight_bytes = bytes_of(whisper.encoder) + (whisper.text ? bytes_of(*whisper.text) : 0);
  if (whisper.text) {
    describe_text(*whisper.text, d, facts);
    facts.alignment = alignment_of(*whisper.text, options.alignment);
  }
  return facts;
}

std::optional<DeviceEncoderWeights> placed(Whisper &whisper, const CpuOptions &options) {
  if (!options.device) {
    return {};
  }
  return place_on_device(std::move(whisper.encoder), whisper.dimensions, whisper.kernels, options.device_products,
                         options.device);
}

/** What all sessions share. */
struct Shared {
  Shared(Whisper opened, const CpuOptions &options)
      : whisper(std::move(opened)),
        on_device(placed(whisper, options)),
        facts(describe(whisper, options)),
        log_mel(static_cast<int>(facts.mel_bins), facts.window_samples, whisper.kernels) {
    facts.weight_bytes += on_device ? on_device->bytes() : 0;
    if (whisper.text) {
      rules.emplace(*whisper.text);
    }
  }

  Whisper whisper;
  std::optional<const DeviceEncoderWeights> on_device;  // then whisper.encoder is empty
  ModelFacts facts;
  LogMel log_mel;
  std::optional<DecodingRules> rules;
};

/** By name; auto: of the precision, and with int8 states' keys and values, which are read more often, smaller ones. */
CacheNumbers cache_numbers(std::string_view name, Precision precision) {
  const std::string_view chosen = name == "auto" ? name_of(precision) : name;
  if (chosen == "f32") {
    return {.source = Number::kFloat32, .past = Number::kFloat32};
  }
  return {.source = chosen == "int8" ? Number::kInt8 : Number::kBfloat16, .past = Number::kBfloat16};
}

class CpuBatch : public Batch {
 public:
  /** traced: whether windows that have been decoded may be aligned by what their decoding looked at. */
  CpuBatch(const Shared &shared, const BatchOptions &options, bool traced)
      : shared_(shared),
        batch_(shared.whisper, *shared.rules, cache_numbers(options.cache, shared.whisper.precision), options.windows,
               {.letters = options.word_times && shared.facts.alignment == "ctc",
                .trace = options.word_times && traced && shared.facts.alignment == "dtw"}) {}

  int64_t bytes() const override {
    return static_cast<int64_t>(states_.capacity() * sizeof(float)) + forced_.bytes() + batch_.bytes();
  }

  int64_t add(const Call &call, const StatesIn &states, int64_t positions, const DecodeOptions &options) override {
    Team team(&call);
    return add(team, states, 0, positions, options);
  }

  int64_t advance(const Call &call, std::span<int64_t> out_tickets) override {
    Team team(&call);
    return batch_.advance(team, out_tickets);
  }

  DecodedWindow result(int64_t ticket) override { return batch_.result(ticket); }
  DecodedWindow take(int64_t ticket) override { return batch_.take(ticket); }
  void retry(int64_t ticket, const DecodeOptions &options) override { batch_.retry(ticket, options); }
  void remove(int64_t ticket) override { batch_.remove(ticket); }

  std::vector<AlignedWord> align(const Call &call, int64_t ticket, std::span<const int32_t> tokens,
                                 int64_t sample_count, std::string_view language) override {
    Team team(&call);
    return align(team, ticket, tokens, sample_count, language);
  }

  /** Windows one after the other join and leave. */
  std::vector<DecodedWindow> decode_all(const Call &call, const StatesIn &states, int32_t windows,
                                        const DecodeOptions &options) {
    Team team(&call);
    std::map<int64_t, size_t> window_of;  // by ticket
    std::vector<DecodedWindow> results(static_cast<size_t>(windows));
    try {
      for (int32_t next = 0; next < windows || !window_of.empty();) {
        while (next < windows && batch_.room() >= options.beam_size) {
          window_of.emplace(add(team, states, next, shared_.facts.state_positions, options), static_cast<size_t>(next));
          ++next;
        }
        int64_t ticket = 0;
        batch_.advance(team, {&ticket, 1});
        const size_t window = window_of.at(ticket);
        window_of.erase(ticket);
        results[window] = batch_.take(ticket);
      }
    } catch (...) {
      for (const auto &[ticket, window] : window_of) {
        batch_.remove(ticket);
      }
      throw;
    }
    return results;
  }

  /** Of a window that is not decoded. */
  std::vector<AlignedWord> align_states(const Call &call, const StatesIn &states, std::span<const int32_t> tokens,
                                        int64_t sample_count, std::string_view language) {
    Team team(&call);
    const int64_t ticket =
        add(team, states, 0, shared_.facts.state_positions, {.language = std::string(language)});
    try {
      std::vector<AlignedWord> words = align(team, ticket, tokens, sample_count, language);
      batch_.remove(ticket);
      return words;
    } catch (...) {
      batch_.remove(ticket);
      throw;
    }
  }

 private:
  int64_t add(Team &team, const StatesIn &states, int32_t window, int64_t positions, const DecodeOptions &options) {
    states_.resize(static_cast<size_t>(shared_.facts.state_size()));
    states.read(window, states_.data());
    return batch_.add(team, states_.data(), positions, options);
  }

  std::vector<AlignedWord> align(Team &team, int64_t ticket, std::span<const int32_t> tokens, int64_t sample_count,
                                 std::string_view language) {
    if (forced_.bytes() == 0) {
      forced_ = batch_.network().make_past();
    }
    const bool by_letters = shared_.facts.alignment == "ctc";
    const WindowSound sound = {batch_.source(ticket), by_letters ? &batch_.letters(ticket) : nullptr, sample_count};
    return align_words(team, shared_.whisper, batch_.network(), sound, forced_,
                       {tokens, batch_.trace(ticket, tokens), language});
  }

  const Shared &shared_;
  std::vector<float> states_;
  DecodingBatch batch_;
  KeyValues forced_;
};

class CpuSession : public Session {
 public:
  explicit CpuSession(const Shared &shared) : shared_(shared) {}

  int64_t bytes() const override {
    const auto plain = static_cast<int64_t>(signal_.capacity() * sizeof(float));
    return plain + (encoder_ ? encoder_->bytes() : 0) + (device_encoder_ ? device_encoder_->bytes() : 0) +
           (batch_ ? batch_->bytes() : 0);
  }

  void log_mel(std::span<const int16_t> samples, float *out_mel) override {
    const Team alone(nullptr, 1);
    shared_.log_mel.compute(samples, signal_, out_mel);
  }

  void encode(const Call &call, const float *mel, int32_t windows, std::span<const int64_t> sample_counts,
              const StatesOut &out_states) override {
    require_finite(mel, windows * shared_.facts.mel_size(), "log-mel given");
    const ModelFacts &facts = shared_.facts;
    const auto positions_of = [&](int32_t window) {
      return sample_counts.empty() ? facts.state_positions
                                   : facts.positions_of(sample_counts[static_cast<size_t>(window)]);
    };
    if (shared_.on_device) {
      encode_on_device(call, mel, windows, positions_of, out_states);
      return;
    }
    if (!encoder_) {
      encoder_.emplace(shared_.whisper.encoder, shared_.whisper.dimensions, shared_.whisper.kernels);
    }
    Team team(&call);
    for (int32_t window = 0; window < windows; ++window) {
      const int64_t positions = positions_of(window);
      out_states.write(window, encoder_->run(team, mel + window * facts.mel_size(), positions),
                       positions * facts.state_width);
    }
  }

  std::vector<DecodedWindow> decode(const Call &call, const StatesIn &states, int32_t windows,
                                    const DecodeOptions &options) override {
    return batch(options.beam_size).decode_all(call, states, windows, options);
  }

  std::vector<AlignedWord> align(const Call &call, const StatesIn &states, std::span<const int32_t> tokens,
                                 int64_t sample_count, std::string_view language) override {
    return batch(1).align_states(call, states, tokens, sample_count, language);
  }

 private:
  template <typename PositionsOf>
  void encode_on_device(const Call &call, const float *mel, int32_t windows, const PositionsOf &positions_of,
                        const StatesOut &out_states) {
    const Whisper &whisper = shared_.whisper;
    if (!device_encoder_) {
      device_encoder_.emplace(*shared_.on_device, whisper.dimensions, whisper.kernels,
                              whisper.kernels.attention(whisper.kernels.arithmetic(whisper.precision)));
    }
    for (int32_t window = 0; window < windows; ++window) {
      const int64_t positions = positions_of(window);
      out_states.write(window, device_encoder_->run(call, mel + window * shared_.facts.mel_size(), positions),
                       positions * shared_.facts.state_width);
    }
  }

  /** Enough windows together to share the reading of the weights; more would only take memory. */
  static constexpr int64_t kTogether = 8;

  CpuBatch &batch(int64_t beam_size) {
    if (!batch_ || batch_windows_ < beam_size) {
      batch_windows_ = std::max(kTogether, beam_size);
      batch_.emplace(shared_, BatchOptions{.windows = batch_windows_}, false);
    }
    return *batch_;
  }

  const Shared &shared_;
  std::vector<float> signal_;
  std::optional<Encoder> encoder_;
  std::optional<DeviceEncoder> device_encoder_;
  int64_t batch_windows_ = 0;
  std::optional<CpuBatch> batch_;
};

class CpuModel : public Model {
 public:
  CpuModel(Whisper whisper, const CpuOptions &options) : shared_(std::move(whisper), options) {}

  const ModelFacts &facts() const override { return shared_.facts; }
  std::unique_ptr<Session> open_session() const override { return std::make_unique<CpuSession>(shared_); }
  std::unique_ptr<Batch> open_batch(const BatchOptions &options) const override {
    return std::make_unique<CpuBatch>(shared_, options, true);
  }
  std::vector<int32_t> tokens_of(std::string_view text) const override {
    return shared_.whisper.text->tokenizer.encode(text);
  }
  std::string text_of(std::span<const int32_t> tokens) const override {
    return shared_.whisper.text->tokenizer.decode(tokens);
  }
  DeviceEngine *device() const override { return shared_.on_device ? shared_.on_device->engine.get() : nullptr; }

 private:
  Shared shared_;
};

}  // namespace

std::unique_ptr<Model> open_cpu_model(const std::string &folder, const Kernels &kernels, const CpuOptions &options) {
  const auto read = options.device ? read_whisper_for_device : read_whisper;
  return std::make_unique<CpuModel>(read(folder, kernels, options.precision), options);
}

}  // namespace amanuensis
