#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/json.h"

namespace amanuensis {

/** The dimensions of a Whisper model; the names are those of config.json. */
struct Dimensions {
  int64_t num_mel_bins;
  int64_t d_model;
  int64_t encoder_layers;
  int64_t encoder_attention_heads;
  int64_t encoder_ffn_dim;
  int64_t decoder_layers;
  int64_t decoder_attention_heads;
  int64_t decoder_ffn_dim;
  int64_t max_source_positions;
  int64_t max_target_positions;
  int64_t vocab_size;
  int64_t window_samples;  // chunk_length of preprocessor_config.json, in samples
};

/** What generation_config.json says, or, where it has no say, config.json. */
struct GenerationConfig {
  std::optional<bool> is_multilingual;
  std::optional<std::vector<int32_t>> suppress_tokens;        // absent: none; [-1]: the reference's list of symbols
  std::optional<std::vector<int32_t>> begin_suppress_tokens;  // absent: a blank and the end of text
  std::vector<int32_t> forced_decoder_ids;                    // the tokens, without their positions
  int64_t max_initial_timestamp_index = 50;                   // the reference's 1 s
  std::vector<std::pair<int64_t, int64_t>> alignment_heads;   // (layer, head)
};

/**
 * Reads and cross-checks the folder's settings. Throws AM_ERROR_IO for a missing file, AM_ERROR_MODEL for a setting
 * that is missing, out of range, in conflict with another, or of an architecture other than Whisper's.
 */
Dimensions read_dimensions(const std::string &folder);
GenerationConfig read_generation_config(const std::string &folder, const Dimensions &dimensions);

}  // namespace amanuensis
