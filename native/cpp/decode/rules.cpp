#include "decode/rules.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "decode/symbols.h"

namespace amanuensis {
namespace {

constexpr float kForbidden = -std::numeric_limits<float>::infinity();

void forbid(std::span<float> logits, int64_t begin, int64_t end) {
  std::fill(logits.begin() + begin, logits.begin() + std::max(begin, end), kForbidden);
}

std::vector<int32_t> tokens_never_said(const WhisperText &text) {
  std::vector<int32_t> tokens = text.generation.suppress_tokens.value_or(std::vector<int32_t>());
  if (const auto all_symbols = std::find(tokens.begin(), tokens.end(), -1); all_symbols != tokens.end()) {
    tokens.erase(all_symbols);
    const std::vector<int32_t> symbols = symbol_tokens(text.tokenizer);
    tokens.insert(tokens.end(), symbols.begin(), symbols.end());
  }
  const SpecialTokens &s = text.special;
  for (const int32_t token :
       {s.start_of_transcript, s.translate, s.transcribe, s.start_of_lm, s.start_of_prev, s.no_speech}) {
    tokens.push_back(token);
  }
  for (const auto &[code, token] : s.languages) {
    tokens.push_back(token);
  }
  std::erase(tokens, -1);
  return tokens;
}

std::vector<int32_t> tokens_not_said_first(const WhisperText &text) {
  if (text.generation.begin_suppress_tokens) {
    std::vector<int32_t> tokens = *text.generation.begin_suppress_tokens;
    std::erase(tokens, -1);
    return tokens;
  }
  std::vector<int32_t> tokens = text.tokenizer.encode(" ");
  tokens.push_back(text.special.end_of_text);
  return tokens;
}

}  // namespace

DecodingRules::DecodingRules(const WhisperText &text)
    : special_(text.special),
      max_initial_timestamp_(text.generation.max_initial_timestamp_index),
      always_(tokens_never_said(text)),
      at_begin_(tokens_not_said_first(text)) {}

void DecodingRules::apply(const Kernels &kernels, std::span<const int32_t> sampled, bool timestamps,
                          std::span<float> logits) const {
  for (const int32_t token : always_) {
    logits[static_cast<size_t>(token)] = kForbidden;
  }
  if (sampled.empty()) {
    for (const int32_t token : at_begin_) {
      logits[static_cast<size_t>(token)] = kForbidden;
    }
  }
  if (timestamps) {
    apply_timestamp_rules(kernels, sampled, logits);
  }
}

void DecodingRules::apply_timestamp_rules(const Kernels &kernels, std::span<const int32_t> sampled,
                                          std::span<float> logits) const {
  const int32_t begin = special_.timestamp_begin;
  const auto end = static_cast<int64_t>(logits.size());
  const auto is_timestamp = [&](int32_t token) { return token >= begin; };
  logits[static_cast<size_t>(special_.no_timestamps)] = kForbidden;

  // Timestamps come in pairs, except directly before the end of text.
  const size_t count = sampled.size();
  const bool last = count >= 1 && is_timestamp(sampled[count - 1]);
  const bool before_last = count < 2 || is_timestamp(sampled[count - 2]);
  if (last && before_last) {
    forbid(logits, begin, end);
  } else if (last) {
    forbid(logits, 0, special_.end_of_text);
  }

  // They never decrease, and a segment is never empty: only a pair's second one, a new start, may equal its first.
  const auto latest = std::find_if(sampled.rbegin(), sampled.rend(), is_timestamp);
  if (latest != sampled.rend()) {
    forbid(logits, begin, *latest + (last && !before_last ? 0 : 1));
  }

  // The first token is a timestamp, not too late.
  if (sampled.empty()) {
    forbid(logits, 0, begin);
    forbid(logits, std::min(begin + max_initial_timestamp_ + 1, end), end);
  }

  // Where timestamps together are more probable than any one other token, the next token is a timestamp.
  const float *all = logits.data();
  const float most = kernels.largest(all + begin, end - begin);
  const double together = most + std::log(static_cast<double>(kernels.sum_of_exp(all + begin, end - begin, most)));
  if (together > kernels.largest(all, begin)) {
    forbid(logits, 0, begin);
  }
}

}  // namespace amanuensis
