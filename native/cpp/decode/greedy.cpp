#include "decode/greedy.h"

#include <algorithm>
#include <cmath>

#include "common/error.h"

namespace amanuensis {
namespace {

/** The logarithm of the sum of e^x. */
double log_sum(const Kernels &kernels, std::span<const float> logits) {
  const auto count = static_cast<int64_t>(logits.size());
  const float most = kernels.largest(logits.data(), count);
  return most + std::log(static_cast<double>(kernels.sum_of_exp(logits.data(), count, most)));
}

int32_t most_probable(const Kernels &kernels, std::span<const float> logits) {
  const float most = kernels.largest(logits.data(), static_cast<int64_t>(logits.size()));
  return static_cast<int32_t>(std::find(logits.begin(), logits.end(), most) - logits.begin());
}

double probability(const Kernels &kernels, std::span<const float> logits, int32_t token) {
  return token < 0 ? 0 : std::exp(logits[static_cast<size_t>(token)] - log_sum(kernels, logits));
}

}  // namespace

int32_t language_token(const SpecialTokens &special, std::string_view code) {
  if (!special.multilingual || code == "auto") {
    return -1;
  }
  const int32_t token = special.language(code.empty() ? "en" : code);
  if (token < 0 && !code.empty()) {
    fail(AM_ERROR_OPTION, "option \"language\" is \"", code, "\", which the model does not have; am_model_text lists its languages");
  }
  return token;
}

int32_t detected_language(const SpecialTokens &special, std::span<const float> logits) {
  const auto less_probable = [&](const auto &a, const auto &b) {
    return logits[static_cast<size_t>(a.second)] < logits[static_cast<size_t>(b.second)];
  };
  return std::max_element(special.languages.begin(), special.languages.end(), less_probable)->second;
}

std::string language_code(const SpecialTokens &special, int32_t token) {
  const auto found = std::find_if(special.languages.begin(), special.languages.end(),
                                  [&](const auto &language) { return language.second == token; });
  return found == special.languages.end() ? "en" : found->first;
}

GreedyResult decode_greedily(const Call &call, const Whisper &whisper, const DecodingRules &rules, Decoder &decoder,
                             const float *states, const GreedySettings &settings) {
  const SpecialTokens &special = whisper.text->special;
  const Kernels &kernels = whisper.kernels;
  decoder.start(call, states);
  decoder.advance(call, {&special.start_of_transcript, 1});
  std::span<float> logits = decoder.logits(0);

  GreedyResult result = {};
  result.no_speech_probability = probability(kernels, logits, special.no_speech);
  int32_t language = language_token(special, settings.language);
  if (special.multilingual && language < 0) {
    language = detected_language(special, logits);
  }
  result.language = language_code(special, language);
  std::vector<int32_t> prompt = special.prompt(language, settings.translate);
  if (!settings.timestamps) {
    prompt.push_back(special.no_timestamps);
  }
  if (prompt.size() > 1) {
    decoder.advance(call, std::span<const int32_t>(prompt).subspan(1));
    logits = decoder.logits(static_cast<int64_t>(prompt.size()) - 2);
  }

  double total = 0;
  for (int64_t count = 1;; ++count) {
    rules.apply(kernels, result.tokens, settings.timestamps, logits);
    const int32_t token = most_probable(kernels, logits);
    total += logits[static_cast<size_t>(token)] - log_sum(kernels, logits);
    result.end_reached = token == special.end_of_text;
    if (result.end_reached) {
      break;
    }
    result.tokens.push_back(token);
    if (count >= settings.max_tokens || decoder.position() >= decoder.capacity()) {
      break;
    }
    decoder.advance(call, {&token, 1});
    logits = decoder.logits(0);
  }
  result.average_log_probability = total / (static_cast<double>(result.tokens.size()) + 1);
  return result;
}

}  // namespace amanuensis
