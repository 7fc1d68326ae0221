#pragma once

#include "model/weights.h"

namespace amanuensis {

/** Rows that a feed-forward block works on together: its hidden layer then stays in the second-level cache. */
constexpr int64_t kMlpRows = 120;

/** x += fc2(gelu(fc1(norm(x)))). x: [rows][width]. Scratch: normed [kMlpRows][width], hidden [kMlpRows][ffn]. */
inline void add_mlp(const Kernels &kernels, const MlpWeights &weights, float *x, int64_t rows, float *normed,
                    float *hidden) {
  const int64_t width = weights.fc1.weights.depth(), ffn = weights.fc1.weights.columns();
  for (int64_t first = 0; first < rows; first += kMlpRows) {
    const int64_t count = first + kMlpRows < rows ? kMlpRows : rows - first;
    float *block = x + first * width;
    apply(kernels, weights.norm, block, count, normed);
    apply(kernels, weights.fc1, normed, count, width, hidden, ffn, Finish::kGelu);
    apply(kernels, weights.fc2, hidden, count, ffn, block, width, Finish::kAdd);
  }
}

}  // namespace amanuensis
