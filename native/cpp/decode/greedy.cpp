#include "decode/greedy.h"

#include <algorithm>
#include <cmath>

#include "common/utf8.h"
#include "model/language.h"

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

double log_probability(const Kernels &kernels, std::span<const float> logits, int32_t token) {
  return logits[static_cast<size_t>(token)] - log_sum(kernels, logits);
}

/** Gives the decoder its prompt, and the result what the first position tells. Returns the logits after the prompt. */
std::span<float> begin(const Call &call, const Whisper &whisper, Decoder &decoder, const DecodeOptions &options,
                       DecodedWindow &result) {
  const SpecialTokens &special = whisper.text->special;
  decoder.advance(call, {&special.start_of_transcript, 1});
  std::span<float> logits = decoder.logits(0);
  if (special.no_speech >= 0) {
    result.no_speech_probability = std::exp(log_probability(whisper.kernels, logits, special.no_speech));
  }
  int32_t language = language_token(special, options.language);
  if (special.multilingual && language < 0) {
    language = detected_language(special, logits);
  }
  result.language = language_code(special, language);
  std::vector<int32_t> prompt = special.prompt(language, options.translate);
  if (!options.timestamps) {
    prompt.push_back(special.no_timestamps);
  }
  if (prompt.size() > 1) {
    decoder.advance(call, std::span<const int32_t>(prompt).subspan(1));
    logits = decoder.logits(static_cast<int64_t>(prompt.size()) - 2);
  }
  return logits;
}

}  // namespace

DecodedWindow decode_greedily(const Call &call, const Whisper &whisper, const DecodingRules &rules, Decoder &decoder,
                              const float *states, const DecodeOptions &options) {
  const Kernels &kernels = whisper.kernels;
  DecodedWindow result;
  decoder.start(call, states);
  std::span<float> logits = begin(call, whisper, decoder, options, result);
  double total = 0;
  for (int64_t count = 1;; ++count) {
    rules.apply(kernels, result.tokens, options.timestamps, logits);
    const int32_t token = most_probable(kernels, logits);
    total += log_probability(kernels, logits, token);
    result.end_reached = token == whisper.text->special.end_of_text;
    if (result.end_reached) {
      break;
    }
    result.tokens.push_back(token);
    if (count >= options.max_tokens || decoder.position() >= decoder.capacity()) {
      break;
    }
    decoder.advance(call, {&token, 1});
    logits = decoder.logits(0);
  }
  result.average_log_probability = total / (static_cast<double>(result.tokens.size()) + 1);
  result.text = stripped(whisper.text->tokenizer.decode(result.tokens));
  return result;
}

}  // namespace amanuensis
