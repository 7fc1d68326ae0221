#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "model/special_tokens.h"

namespace amanuensis {

/**
 * The language token for a code, or -1 where it is to be detected. "" is en if the model has it, else to be detected.
 * -1 for every code in an English-only model. Throws AM_ERROR_OPTION for a code that a multilingual model lacks.
 */
int32_t language_token(const SpecialTokens &special, std::string_view code);

/** The most probable language token, given the logits at the position of the start of transcript. */
int32_t detected_language(const SpecialTokens &special, std::span<const float> logits);

/** The code of a language token; "en" for -1. */
std::string language_code(const SpecialTokens &special, int32_t token);

}  // namespace amanuensis
