#include "capi/describe.h"

#include <utility>

#include "common/error.h"

namespace amanuensis {
namespace {

using Number = std::pair<std::string_view, int64_t ModelFacts::*>;

constexpr Number kNumbers[] = {
    {"sample-rate", &ModelFacts::sample_rate},
    {"window-samples", &ModelFacts::window_samples},
    {"mel-bins", &ModelFacts::mel_bins},
    {"mel-frames", &ModelFacts::mel_frames},
    {"state-positions", &ModelFacts::state_positions},
    {"state-width", &ModelFacts::state_width},
    {"decoder-positions", &ModelFacts::decoder_positions},
    {"vocabulary-size", &ModelFacts::vocabulary_size},
    {"token-end-of-text", &ModelFacts::token_end_of_text},
    {"token-start-of-transcript", &ModelFacts::token_start_of_transcript},
    {"token-no-timestamps", &ModelFacts::token_no_timestamps},
    {"token-timestamp-begin", &ModelFacts::token_timestamp_begin},
    {"token-no-speech", &ModelFacts::token_no_speech},
    {"timestamp-ms", &ModelFacts::timestamp_ms},
    {"multilingual", &ModelFacts::multilingual},
    {"alignment-heads", &ModelFacts::alignment_heads},
    {"weight-bytes", &ModelFacts::weight_bytes},
};

}  // namespace

int64_t number_of(const ModelFacts &facts, std::string_view key) {
  std::string keys;
  for (const auto &[name, member] : kNumbers) {
    if (name == key) {
      return facts.*member;
    }
    keys += keys.empty() ? "" : ", ";
    keys += name;
  }
  fail(AM_ERROR_ARGUMENT, "unknown key \"", key, "\"; legal: ", keys);
}

double measure_of(const DecodedWindow &window, std::string_view key) {
  if (key == "average-log-probability") {
    return window.average_log_probability;
  }
  if (key == "no-speech-probability") {
    return window.no_speech_probability;
  }
  if (key == "end-reached") {
    return window.end_reached ? 1 : 0;
  }
  fail(AM_ERROR_ARGUMENT, "unknown key \"", key,
       "\"; legal: average-log-probability, no-speech-probability, end-reached");
}

}  // namespace amanuensis
