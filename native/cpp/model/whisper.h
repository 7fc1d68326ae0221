#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cpu/kernels.h"
#include "model/alignment_head.h"
#include "model/config.h"
#include "model/special_tokens.h"
#include "model/tokenizer.h"
#include "model/weights.h"

namespace amanuensis {

/** What decoding and aligning need beyond the encoder. */
struct WhisperText {
  DecoderWeights decoder;
  Tokenizer tokenizer;
  SpecialTokens special;
  GenerationConfig generation;
  std::optional<AlignmentHead> alignment_head;
};

int64_t bytes_of(const WhisperText &text);

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

/** The same with the layers of the encoder in float32, for whoever puts them elsewhere. */
Whisper read_whisper_for_device(const std::string &folder, const Kernels &kernels, Precision precision);

}  // namespace amanuensis
