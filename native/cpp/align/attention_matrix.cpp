#include "align/attention_matrix.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace amanuensis {
namespace {

constexpr int64_t kFilterWidth = 7;
constexpr int64_t kReach = kFilterWidth / 2;

/** (x - mean) / standard deviation of each column of a head; 0 where a column is constant. */
void normalise(float *head, int64_t rows, int64_t columns) {
  for (int64_t column = 0; column < columns; ++column) {
    double sum = 0, squares = 0;
    for (int64_t row = 0; row < rows; ++row) {
      sum += head[row * columns + column];
    }
    const double mean = sum / static_cast<double>(rows);
    for (int64_t row = 0; row < rows; ++row) {
      const double difference = head[row * columns + column] - mean;
      squares += difference * difference;
    }
    const double deviation = std::sqrt(squares / static_cast<double>(rows));
    for (int64_t row = 0; row < rows; ++row) {
      float &x = head[row * columns + column];
      x = deviation > 0 ? static_cast<float>((x - mean) / deviation) : 0.0f;
    }
  }
}

/** The median of seven with reflected ends. A row too short to reflect stays as it is. */
void smooth(float *row, int64_t columns) {
  if (columns <= kReach) {
    return;
  }
  std::vector<float> padded(static_cast<size_t>(columns + 2 * kReach));
  for (int64_t i = 0; i < columns + 2 * kReach; ++i) {
    const int64_t from = std::abs(i - kReach), last = columns - 1;
    padded[static_cast<size_t>(i)] = row[from > last ? 2 * last - from : from];
  }
  for (int64_t i = 0; i < columns; ++i) {
    std::array<float, kFilterWidth> around;
    std::copy_n(padded.begin() + i, kFilterWidth, around.begin());
    std::nth_element(around.begin(), around.begin() + kReach, around.end());
    row[i] = around[kReach];
  }
}

}  // namespace

std::vector<float> attention_matrix(AttentionWeights weights) {
  const int64_t size = weights.rows * weights.columns;
  std::vector<float> mean(static_cast<size_t>(size));
  for (int64_t head = 0; head < weights.heads; ++head) {
    float *values = weights.values.data() + head * size;
    normalise(values, weights.rows, weights.columns);
    for (int64_t row = 0; row < weights.rows; ++row) {
      smooth(values + row * weights.columns, weights.columns);
    }
    for (int64_t i = 0; i < size; ++i) {
      mean[static_cast<size_t>(i)] += values[i] / static_cast<float>(weights.heads);
    }
  }
  return mean;
}

}  // namespace amanuensis
