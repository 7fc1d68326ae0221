#pragma once

#include <cstdint>
#include <vector>

#include "model/tokenizer.h"

namespace amanuensis {

/**
 * Tokens of symbols that are written but not said, such as brackets and notes; hyphens and quotes within words stay.
 * What suppress_tokens = [-1] means. Source: non_speech_tokens of openai/whisper tokenizer.py.
 */
std::vector<int32_t> symbol_tokens(const Tokenizer &tokenizer);

}  // namespace amanuensis
