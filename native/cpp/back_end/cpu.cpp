#include "back_end/cpu.h"

#include <optional>

#include "align/aligner.h"
#include "audio/log_mel.h"
#include "common/sound.h"
#include "cpu/instruction_sets.h"
#include "decode/greedy.h"
#include "decode/rules.h"
#include "model/decoder.h"
#include "model/encoder.h"
#include "model/whisper.h"

namespace amanuensis {
namespace {

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

ModelFacts describe(const Whisper &whisper) {
  const Dimensions &d = whisper.dimensions;
  ModelFacts facts;
  facts.back_end = "cpu";
  facts.isa = whisper.kernels.name;
  facts.precision = name_of(whisper.precision);
  facts.sample_rate = kSampleRate;
  facts.window_samples = d.window_samples;
  facts.mel_bins = d.num_mel_bins;
  facts.mel_frames = d.window_samples / kMelHop;
  facts.state_positions = d.max_source_positions;
  facts.state_width = d.d_model;
  facts.timestamp_ms = d.window_samples * 1000 / kSampleRate / d.max_source_positions;
  facts.weight_bytes = bytes_of(whisper.encoder) + (whisper.text ? bytes_of(whisper.text->decoder) : 0);
  if (whisper.text) {
    describe_text(*whisper.text, d, facts);
  }
  return facts;
}

/** What all sessions share. */
struct Shared {
  explicit Shared(Whisper opened)
      : whisper(std::move(opened)),
        facts(describe(whisper)),
        log_mel(static_cast<int>(facts.mel_bins), facts.window_samples, whisper.kernels) {
    if (whisper.text) {
      rules.emplace(*whisper.text);
    }
  }

  Whisper whisper;
  ModelFacts facts;
  LogMel log_mel;
  std::optional<DecodingRules> rules;
};

class CpuSession : public Session {
 public:
  explicit CpuSession(const Shared &shared) : shared_(shared) {}

  int64_t bytes() const override {
    const auto plain = static_cast<int64_t>((states_.capacity() + signal_.capacity()) * sizeof(float));
    return plain + (encoder_ ? encoder_->bytes() : 0) + (decoder_ ? decoder_->bytes() : 0);
  }

  void log_mel(std::span<const int16_t> samples, float *out_mel) override {
    const Team alone(nullptr, 1);
    shared_.log_mel.compute(samples, signal_, out_mel);
  }

  void encode(const Call &call, const float *mel, int32_t windows, const StatesOut &out_states) override {
    require_finite(mel, windows * shared_.facts.mel_size(), "log-mel given");
    if (!encoder_) {
      encoder_.emplace(shared_.whisper.encoder, shared_.whisper.dimensions, shared_.whisper.kernels);
    }
    Team team(&call);
    for (int32_t window = 0; window < windows; ++window) {
      out_states.write(window, encoder_->run(team, mel + window * shared_.facts.mel_size()));
    }
  }

  std::vector<DecodedWindow> decode(const Call &call, const StatesIn &states, int32_t windows,
                                    const DecodeOptions &options) override {
    std::vector<DecodedWindow> results;
    for (int32_t window = 0; window < windows; ++window) {
      const float *read = read_states(states, window);
      results.push_back(decode_greedily(call, shared_.whisper, *shared_.rules, decoder(), read, options));
    }
    return results;
  }

  std::vector<AlignedWord> align(const Call &call, const StatesIn &states, std::span<const int32_t> tokens,
                                 int64_t sample_count, std::string_view language) override {
    return align_words(call, shared_.whisper, decoder(), read_states(states, 0), tokens, sample_count, language);
  }

 private:
  Decoder &decoder() {
    if (!decoder_) {
      decoder_.emplace(shared_.whisper.text->decoder, shared_.whisper.dimensions, shared_.whisper.kernels);
    }
    return *decoder_;
  }

  const float *read_states(const StatesIn &states, int32_t window) {
    states_.resize(static_cast<size_t>(shared_.facts.state_size()));
    states.read(window, states_.data());
    return states_.data();
  }

  const Shared &shared_;
  std::vector<float> signal_, states_;
  std::optional<Encoder> encoder_;
  std::optional<Decoder> decoder_;
};

class CpuModel : public Model {
 public:
  explicit CpuModel(Whisper whisper) : shared_(std::move(whisper)) {}

  const ModelFacts &facts() const override { return shared_.facts; }
  std::unique_ptr<Session> open_session() const override { return std::make_unique<CpuSession>(shared_); }
  std::vector<int32_t> tokens_of(std::string_view text) const override {
    return shared_.whisper.text->tokenizer.encode(text);
  }
  std::string text_of(std::span<const int32_t> tokens) const override {
    return shared_.whisper.text->tokenizer.decode(tokens);
  }

 private:
  Shared shared_;
};

}  // namespace

std::unique_ptr<Model> open_cpu_model(const std::string &folder, const Kernels &kernels, Precision precision) {
  return std::make_unique<CpuModel>(read_whisper(folder, kernels, precision));
}

}  // namespace amanuensis
