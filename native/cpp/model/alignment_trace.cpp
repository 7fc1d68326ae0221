#include "model/alignment_trace.h"

#include <algorithm>
#include <cmath>

#include "common/number_format.h"

namespace amanuensis {
namespace {

/** Memory grows by as many rows: a vector's doubling would leave up to half of it unused. */
constexpr size_t kRowsTogether = 16;

}  // namespace

void AlignmentTrace::begin(int64_t heads, int64_t positions) {
  heads_ = heads;
  positions_ = positions;
  clear();
}

void AlignmentTrace::clear() {
  scores_.clear();
  probabilities_.clear();
}

void AlignmentTrace::open_row() {
  const auto row = static_cast<size_t>(heads_ * positions_), size = (probabilities_.size() + 1) * row;
  if (size > scores_.capacity()) {
    scores_.reserve(size + (kRowsTogether - 1) * row);
  }
  scores_.resize(size);
}

void AlignmentTrace::keep(const Kernels &kernels, int64_t head, const float *scores, float scale) {
  kernels.below_largest(scores, positions_, scale, scores_.data() + (rows() * heads_ + head) * positions_);
}

void AlignmentTrace::weights(const Kernels &kernels, int64_t row, int64_t head, int64_t columns, float *out) const {
  std::transform(scores(row, head), scores(row, head) + columns, out, float_of_bfloat16);
  kernels.softmax(out, columns, 1);
}

int64_t AlignmentTrace::bytes() const {
  return static_cast<int64_t>(scores_.capacity() * sizeof(uint16_t) + probabilities_.capacity() * sizeof(double));
}

float cross_scale(const Dimensions &dimensions) {
  return 1.0f / std::sqrt(static_cast<float>(dimensions.d_model / dimensions.decoder_attention_heads));
}

TextLogits::TextLogits(const Kernels &kernels, std::span<const float> logits)
    : most_(kernels.largest(logits.data(), static_cast<int64_t>(logits.size()))),
      sum_(kernels.sum_of_exp(logits.data(), static_cast<int64_t>(logits.size()), most_)) {}

double TextLogits::probability(float logit) const {
  return std::exp(static_cast<double>(logit) - most_) / sum_;
}

}  // namespace amanuensis
