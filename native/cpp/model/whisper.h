#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cpu/kernels.h"
#include "model/config.h"
#include "model/special_tokens.h"
#include "model/tokenizer.h"
#include "model/weights.h"

namespace amanuensis {

/** What decoding needs beyond the encoder: its weights, its tokenizer and its settings. */
struct WhisperText {
  DecoderWeights decoder;
  Tokenizer tokenizer;
  SpecialTokens special;
  GenerationConfig generation;
};

/** A Whisper folder in memory. Immutable. */
struct Whisper {
  const Kernels &kernels;
  Precision precision;
  Dimensions dimensions;
  EncoderWeights encoder;
  std::unique_ptr<const WhisperText> text;  // null for a folder that holds an encoder only
};

/** Throws AM_ERROR_IO or AM_ERROR_MODEL. */
Whisper read_whisper(const std::string &folder, const Kernels &kernels, Precision precision);

}  // namespace amanuensis
