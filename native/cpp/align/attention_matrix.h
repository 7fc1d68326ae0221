#pragma once

#include <cstdint>
#include <vector>

#include "common/cores.h"
#include "cpu/kernels.h"

namespace amanuensis {

/** Cross-attention of the alignment heads: [heads][rows][columns], a row per token, a column per encoder position. */
struct AttentionWeights {
  int64_t heads, rows, columns;
  std::vector<float> values;
};

/**
 * How much each token attends to each position: every head's weights, normalised over the tokens, smoothed over the
 * positions by a median of seven, averaged over the heads. Returns [rows][columns].
 * Source: find_alignment of openai/whisper timing.py.
 */
std::vector<float> attention_matrix(Team &team, const Kernels &kernels, AttentionWeights weights);

}  // namespace amanuensis
