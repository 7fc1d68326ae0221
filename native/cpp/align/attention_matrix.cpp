#include "align/attention_matrix.h"

#include <algorithm>
#include <cstdlib>

namespace amanuensis {
namespace {

constexpr int64_t kReach = 3;  // of the median of seven to either side

/** The row with reflected ends. */
void pad(const float *row, int64_t columns, float *out) {
  const int64_t last = columns - 1;
  for (int64_t i = 0; i < kReach; ++i) {
    out[i] = row[kReach - i];
    out[kReach + columns + i] = row[last - 1 - i];
  }
  std::copy_n(row, columns, out + kReach);
}

}  // namespace

std::vector<float> attention_matrix(const Kernels &kernels, AttentionWeights weights) {
  const int64_t columns = weights.columns, size = weights.rows * columns;
  std::vector<float> mean(static_cast<size_t>(size)), padded(static_cast<size_t>(columns + 2 * kReach));
  for (int64_t head = 0; head < weights.heads; ++head) {
    float *values = weights.values.data() + head * size;
    kernels.standardise_columns(values, weights.rows, columns);
    if (columns > kReach) {  // a row too short to reflect stays as it is
      for (float *row = values; row < values + size; row += columns) {
        pad(row, columns, padded.data());
        kernels.medians_of_seven(padded.data(), columns, row);
      }
    }
    for (int64_t i = 0; i < size; ++i) {
      mean[static_cast<size_t>(i)] += values[i] / static_cast<float>(weights.heads);
    }
  }
  return mean;
}

}  // namespace amanuensis
