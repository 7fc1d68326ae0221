#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/whisper.h"

namespace amanuensis {

/** Which tokens may come next. Source: the logit filters of openai/whisper decoding.py. Immutable. */
class DecodingRules {
 public:
  explicit DecodingRules(const WhisperText &text);

  /** Sets forbidden tokens to minus infinity. sampled: the tokens after the prompt. */
  void apply(const Kernels &kernels, std::span<const int32_t> sampled, bool timestamps, std::span<float> logits) const;

 private:
  void apply_timestamp_rules(const Kernels &kernels, std::span<const int32_t> sampled, std::span<float> logits) const;

  SpecialTokens special_;
  int64_t max_initial_timestamp_;
  std::vector<int32_t> always_, at_begin_;
};

}  // namespace amanuensis
