#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "decode/rules.h"
#include "model/decoder.h"
#include "model/whisper.h"

namespace amanuensis {

struct GreedySettings {
  std::string language;  // a code, "auto", or "" for the model's default
  bool translate;
  bool timestamps;
  int64_t max_tokens;
};

struct GreedyResult {
  std::vector<int32_t> tokens;  // after the prompt, end of text left out
  std::string language;
  double average_log_probability;
  double no_speech_probability;
  bool end_reached;
};

/**
 * The language token for a code, -1 for "to be detected", or -1 in an English-only model, which takes every code as English.
 * "" is en if the model has it, else to be detected. Throws AM_ERROR_OPTION for a code that the model lacks.
 */
int32_t language_token(const SpecialTokens &special, std::string_view code);

/** The most probable language token at the position of the start of transcript. */
int32_t detected_language(const SpecialTokens &special, std::span<const float> logits);

/** The code of a language token; "en" for -1. */
std::string language_code(const SpecialTokens &special, int32_t token);

/** Decodes one window at temperature 0. Source: openai/whisper decoding.py, DecodingTask with GreedyDecoder. */
GreedyResult decode_greedily(const Call &call, const Whisper &whisper, const DecodingRules &rules, Decoder &decoder,
                             const float *states, const GreedySettings &settings);

}  // namespace amanuensis
