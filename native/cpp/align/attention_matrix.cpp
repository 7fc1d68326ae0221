#include "align/attention_matrix.h"

#include <algorithm>

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

std::vector<float> attention_matrix(Team &team, const Kernels &kernels, AttentionWeights weights) {
  const int64_t columns = weights.columns, size = weights.rows * columns, padded_columns = columns + 2 * kReach;
  float *const all = weights.values.data();
  std::vector<float> mean(static_cast<size_t>(size)), padded(static_cast<size_t>(team.members() * padded_columns));
  team.each(weights.heads, [&](int64_t head, int member) {
    float *values = all + head * size, *around = padded.data() + member * padded_columns;
    kernels.standardise_columns(values, weights.rows, columns);
    if (columns > kReach) {  // a row too short to reflect stays as it is
      for (float *row = values; row < values + size; row += columns) {
        pad(row, columns, around);
        kernels.medians_of_seven(around, columns, row);
      }
    }
  });
  const float share = 1.0f / static_cast<float>(weights.heads);
  team.each(weights.rows, [&](int64_t row, int) {
    float *sum = mean.data() + row * columns;
    for (int64_t head = 0; head < weights.heads; ++head) {
      const float *values = all + head * size + row * columns;
      std::transform(values, values + columns, sum, sum, [share](float value, float so_far) { return so_far + value * share; });
    }
  });
  return mean;
}

}  // namespace amanuensis
