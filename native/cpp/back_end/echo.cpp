#include "back_end/echo.h"

#include <algorithm>
#include <bit>
#include <deque>
#include <map>

#include "audio/log_mel.h"
#include "back_end/echo_text.h"
#include "common/error.h"
#include "common/random.h"
#include "common/sound.h"
#include "decode/tickets.h"
#include "model/config.h"

namespace amanuensis {
namespace {

constexpr int64_t kMostWords = 6;
constexpr int64_t kDecoderPositions = 64;

ModelFacts shapes_of(const char *folder) {
  ModelFacts facts;
  if (folder) {
    const Dimensions d = read_dimensions(folder);
    facts.window_samples = d.window_samples;
    facts.mel_bins = d.num_mel_bins;
    facts.mel_frames = d.window_samples / kMelHop;
    facts.state_positions = d.max_source_positions;
    facts.state_width = d.d_model;
    return facts;
  }
  facts.window_samples = 10 * kSampleRate;
  facts.mel_bins = 80;
  facts.mel_frames = 1000;
  facts.state_positions = 500;
  facts.state_width = 8;
  return facts;
}

void complete(ModelFacts &facts, const Kernels &kernels) {
  facts.back_end = "echo";
  facts.isa = kernels.name;
  facts.languages = {"en", "de"};
  facts.sample_rate = kSampleRate;
  facts.decoder_positions = kDecoderPositions;
  facts.vocabulary_size = echo::kTimestampBegin + facts.state_positions + 1;
  facts.token_end_of_text = echo::kEndOfText;
  facts.token_start_of_transcript = echo::kStartOfTranscript;
  facts.token_no_timestamps = echo::kNoTimestamps;
  facts.token_timestamp_begin = echo::kTimestampBegin;
  facts.token_no_speech = echo::kNoSpeech;
  facts.timestamp_ms = facts.window_samples * 1000 / kSampleRate / facts.state_positions;
  facts.multilingual = 1;
  facts.alignment_heads = 1;
  facts.alignment = "dtw";
}

/** What echo hears in states, decoded and aligned. */
class EchoListener {
 public:
  explicit EchoListener(const ModelFacts &facts) : facts_(facts) {}

  std::string language_or_default(std::string_view language) const {
    if (language.empty() || language == "auto") {
      return facts_.languages.front();
    }
    if (std::find(facts_.languages.begin(), facts_.languages.end(), language) == facts_.languages.end()) {
      fail(AM_ERROR_OPTION, "the echo model has no language \"", language, "\"; it has en, de and auto");
    }
    return std::string(language);
  }

  /** At a temperature above 0 other words, as a network would draw; a beam finds what is found without. */
  DecodedWindow decode(std::span<const float> states, const DecodeOptions &options) const {
    DecodedWindow result;
    result.language = language_or_default(options.language);
    result.end_reached = true;
    const int64_t sound = positions_with_sound(states);
    if (sound == 0) {
      result.no_speech_probability = 1;
      return result;
    }
    uint64_t random = states_hash(states) ^ std::bit_cast<uint64_t>(options.temperature);
    if (options.timestamps) {
      result.tokens.push_back(echo::kTimestampBegin);
    }
    for (uint64_t left = 1 + next_random(random) % kMostWords; left > 0; --left) {
      result.tokens.push_back(static_cast<int32_t>(next_random(random) % echo::kWordCount));
    }
    while (static_cast<int64_t>(result.tokens.size()) < options.min_tokens) {
      result.tokens.push_back(static_cast<int32_t>(next_random(random) % echo::kWordCount));
    }
    if (options.timestamps) {
      result.tokens.push_back(static_cast<int32_t>(echo::kTimestampBegin + sound));
    }
    if (static_cast<int64_t>(result.tokens.size()) > options.max_tokens) {
      result.tokens.resize(static_cast<size_t>(options.max_tokens));
      result.end_reached = false;
    }
    result.text = echo::text_of(result.tokens);
    result.average_log_probability = -0.125;
    return result;
  }

  std::vector<AlignedWord> align(std::span<const int32_t> tokens, int64_t sample_count,
                                 std::string_view language) const {
    language_or_default(language);
    std::vector<int32_t> text;
    std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(text),
                 [](int32_t t) { return t < echo::kWordCount; });
    std::vector<AlignedWord> words;
    const int64_t sound_ms = sample_count * 1000 / kSampleRate;
    const auto count = static_cast<int64_t>(text.size());
    for (int64_t i = 0; i < count; ++i) {
      words.push_back({std::string(echo::word(text[static_cast<size_t>(i)])),
                       static_cast<int32_t>(sound_ms * i / count), static_cast<int32_t>(sound_ms * (i + 1) / count),
                       0.875});
    }
    return words;
  }

 private:
  /** Positions up to the last that differs from the end of the window, where padding is all alike. */
  int64_t positions_with_sound(std::span<const float> states) const {
    const auto width = static_cast<size_t>(facts_.state_width);
    const float *last = states.data() + states.size() - width;
    auto position = static_cast<int64_t>(states.size() / width) - 1;
    while (position > 0 && std::equal(last, last + width, states.data() + static_cast<size_t>(position - 1) * width)) {
      --position;
    }
    return position;
  }

  static uint64_t states_hash(std::span<const float> states) {
    echo::Hash hash;
    for (const float value : states) {
      const uint16_t bits = bfloat16_of_float(value);
      hash.add(&bits, sizeof bits);
    }
    return hash.value();
  }

  const ModelFacts &facts_;
};

/** Every window takes as many steps as its tokens and their end. */
class EchoBatch : public Batch {
 public:
  EchoBatch(const ModelFacts &facts, int64_t sequences)
      : listener_(facts), most_sequences_(sequences), width_(facts.state_width) {}

  int64_t bytes() const override {
    return static_cast<int64_t>(states_.capacity() * (1 + windows_.size()) * sizeof(float));
  }

  int64_t add(const Call &call, const StatesIn &states, int64_t positions, const DecodeOptions &options) override {
    call.check();
    require_room(options, 0);
    states_.resize(static_cast<size_t>(positions * width_));
    states.read(0, states_.data());
    Window window = {states_, options.beam_size, listener_.decode(states_, options), 0};
    window.steps = steps_of(window);
    windows_.emplace(next_ticket_, std::move(window));
    return next_ticket_++;
  }

  int64_t advance(const Call &call, std::span<int64_t> out_tickets) override {
    const auto is_running = [](const auto &entry) { return entry.second.steps > 0; };
    while (ended_.empty() && std::any_of(windows_.begin(), windows_.end(), is_running)) {
      call.check();
      for (auto &[ticket, window] : windows_) {
        if (window.steps > 0 && --window.steps == 0) {
          ended_.push_back(ticket);
        }
      }
    }
    const size_t count = std::min(ended_.size(), out_tickets.size());
    std::copy_n(ended_.begin(), count, out_tickets.begin());
    ended_.erase(ended_.begin(), ended_.begin() + static_cast<std::ptrdiff_t>(count));
    return static_cast<int64_t>(count);
  }

  DecodedWindow result(int64_t ticket) override { return ended_window(ticket).decoded; }

  DecodedWindow take(int64_t ticket) override {
    DecodedWindow decoded = std::move(ended_window(ticket).decoded);
    remove(ticket);
    return decoded;
  }

  void retry(int64_t ticket, const DecodeOptions &options) override {
    Window &window = ended_window(ticket);
    require_room(options, window.sequences);
    window.decoded = listener_.decode(window.states, options);
    window.sequences = options.beam_size;
    window.steps = steps_of(window);
    std::erase(ended_, ticket);
  }

  void remove(int64_t ticket) override {
    window_of(ticket);
    std::erase(ended_, ticket);
    windows_.erase(ticket);
  }

  std::vector<AlignedWord> align(const Call &call, int64_t ticket, std::span<const int32_t> tokens,
                                 int64_t sample_count, std::string_view language) override {
    call.check();
    window_of(ticket);
    return listener_.align(tokens, sample_count, language);
  }

 private:
  struct Window {
    std::vector<float> states;
    int64_t sequences;
    DecodedWindow decoded;
    int64_t steps;  // to go
  };

  static int64_t steps_of(const Window &window) { return 1 + static_cast<int64_t>(window.decoded.tokens.size()); }

  Window &window_of(int64_t ticket) {
    const auto found = windows_.find(ticket);
    if (found == windows_.end()) {
      fail_no_window(ticket);
    }
    return found->second;
  }

  Window &ended_window(int64_t ticket) {
    Window &window = window_of(ticket);
    if (window.steps > 0) {
      fail_not_ended(ticket);
    }
    return window;
  }

  void require_room(const DecodeOptions &options, int64_t held) const {
    int64_t room = most_sequences_ + held;
    for (const auto &[ticket, window] : windows_) {
      room -= window.sequences;
    }
    require_sequences(options.beam_size, room, most_sequences_);
  }

  EchoListener listener_;
  const int64_t most_sequences_, width_;
  std::vector<float> states_;
  int64_t next_ticket_ = 1;
  std::map<int64_t, Window> windows_;
  std::deque<int64_t> ended_;
};

class EchoSession : public Session {
 public:
  EchoSession(const ModelFacts &facts, const LogMel &log_mel, std::chrono::milliseconds hold)
      : facts_(facts),
        listener_(facts),
        log_mel_(log_mel),
        hold_(hold),
        states_(static_cast<size_t>(facts.state_size())) {}

  int64_t bytes() const override {
    return static_cast<int64_t>((states_.capacity() + signal_.capacity()) * sizeof(float));
  }

  void log_mel(std::span<const int16_t> samples, float *out_mel) override {
    log_mel_.compute(samples, signal_, out_mel);
  }

  void encode(const Call &call, const float *mel, int32_t windows, std::span<const int64_t> sample_counts,
              const StatesOut &out_states) override {
    require_finite(mel, windows * facts_.mel_size(), "log-mel given");
    call.hold(hold_);
    for (int32_t window = 0; window < windows; ++window) {
      call.check();
      const int64_t positions = sample_counts.empty()
                                    ? facts_.state_positions
                                    : facts_.positions_of(sample_counts[static_cast<size_t>(window)]);
      for (int64_t position = 0; position < positions; ++position) {
        hash_frames(mel + window * facts_.mel_size(), position);
      }
      out_states.write(window, states_.data(), positions * facts_.state_width);
    }
  }

  std::vector<DecodedWindow> decode(const Call &call, const StatesIn &states, int32_t windows,
                                    const DecodeOptions &options) override {
    std::vector<DecodedWindow> results;
    for (int32_t window = 0; window < windows; ++window) {
      call.check();
      states.read(window, states_.data());
      results.push_back(listener_.decode(states_, options));
    }
    return results;
  }

  std::vector<AlignedWord> align(const Call &call, const StatesIn &states, std::span<const int32_t> tokens,
                                 int64_t sample_count, std::string_view language) override {
    call.check();
    states.read(0, states_.data());
    return listener_.align(tokens, sample_count, language);
  }

 private:
  /** Eight-bit fractions: they survive storage as bfloat16. */
  void hash_frames(const float *mel, int64_t position) {
    echo::Hash hash;
    for (int64_t bin = 0; bin < facts_.mel_bins; ++bin) {
      hash.add(mel + bin * facts_.mel_frames + 2 * position, 2 * sizeof(float));
    }
    uint64_t random = hash.value();
    for (int64_t i = 0; i < facts_.state_width; ++i) {
      const auto byte = static_cast<int32_t>(next_random(random) >> 56);
      states_[static_cast<size_t>(position * facts_.state_width + i)] = static_cast<float>(byte - 128) / 128.0f;
    }
  }

  const ModelFacts &facts_;
  EchoListener listener_;
  const LogMel &log_mel_;
  std::chrono::milliseconds hold_;
  std::vector<float> states_, signal_;
};

class EchoModel : public Model {
 public:
  EchoModel(ModelFacts facts, std::chrono::milliseconds hold, const Kernels &kernels)
      : facts_(std::move(facts)),
        log_mel_(static_cast<int>(facts_.mel_bins), facts_.window_samples, kernels),
        hold_(hold) {}

  const ModelFacts &facts() const override { return facts_; }
  std::unique_ptr<Session> open_session() const override {
    return std::make_unique<EchoSession>(facts_, log_mel_, hold_);
  }
  std::unique_ptr<Batch> open_batch(const BatchOptions &options) const override {
    return std::make_unique<EchoBatch>(facts_, options.windows);
  }
  std::vector<int32_t> tokens_of(std::string_view text) const override { return echo::tokens_of(text); }
  std::string text_of(std::span<const int32_t> tokens) const override { return echo::text_of(tokens); }

 private:
  ModelFacts facts_;
  LogMel log_mel_;
  std::chrono::milliseconds hold_;
};

}  // namespace

std::unique_ptr<Model> open_echo_model(const char *folder, std::chrono::milliseconds hold, const Kernels &kernels,
                                       bool actual_context) {
  ModelFacts facts = shapes_of(folder);
  facts.actual_context = actual_context;
  complete(facts, kernels);
  return std::make_unique<EchoModel>(std::move(facts), hold, kernels);
}

}  // namespace amanuensis
