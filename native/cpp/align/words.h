#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/tokenizer.h"

namespace amanuensis {

/** A word and how many tokens in a row spell it. */
struct TokenWord {
  std::string text;  // with its leading blank
  int64_t tokens;
};

/**
 * Groups text tokens into words: at blanks, or, in a language written without them, at characters. Tokens that hold
 * parts of one character stay together, and punctuation stays with its word.
 */
std::vector<TokenWord> words_of(const Tokenizer &tokenizer, std::span<const int32_t> tokens, std::string_view language);

}  // namespace amanuensis
