#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/config.h"
#include "model/vocabulary.h"

namespace amanuensis {

/** The tokens that steer decoding, found by their content. -1 where a folder has no such token. */
struct SpecialTokens {
  int32_t end_of_text;
  int32_t start_of_transcript;
  int32_t no_timestamps;
  int32_t timestamp_begin;  // from here to the end of the vocabulary
  int32_t translate = -1;
  int32_t transcribe = -1;
  int32_t start_of_lm = -1;
  int32_t start_of_prev = -1;
  int32_t no_speech = -1;
  bool multilingual;
  std::vector<std::pair<std::string, int32_t>> languages;  // ("en", token), in the order of the tokens

  /** -1 if the model has no such language. */
  int32_t language(std::string_view code) const;

  /** start of transcript, and in a multilingual model the language and the task. */
  std::vector<int32_t> prompt(int32_t language_token, bool translate_task) const;
};

/** Throws AM_ERROR_MODEL if a token that decoding cannot do without is missing or misplaced. */
SpecialTokens find_special_tokens(const Vocabulary &vocabulary, const GenerationConfig &generation);

}  // namespace amanuensis
