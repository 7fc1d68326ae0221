#include "model/language.h"

#include <algorithm>

#include "common/error.h"

namespace amanuensis {

int32_t language_token(const SpecialTokens &special, std::string_view code) {
  if (!special.multilingual || code == "auto") {
    return -1;
  }
  const int32_t token = special.language(code.empty() ? "en" : code);
  if (token < 0 && !code.empty()) {
    fail(AM_ERROR_OPTION, "language \"", code, "\" is not one of the model's; am_model_text lists them");
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

}  // namespace amanuensis
