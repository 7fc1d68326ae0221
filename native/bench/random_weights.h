#pragma once

#include <cmath>

#include "common/random.h"
#include "ops/linear.h"

namespace bench {

/** Weights for measurements: signed, and of a size that keeps activations as large as they were. */
class RandomWeights {
 public:
  RandomWeights(const amanuensis::Arithmetic &arithmetic, int64_t width) : arithmetic_(arithmetic), width_(width) {}

  amanuensis::Buffer numbers(int64_t count, float scale, float shift = 0) {
    amanuensis::Buffer values(count);
    for (int64_t i = 0; i < count; ++i) {
      values.data()[i] = shift + scale * static_cast<float>(2 * amanuensis::next_fraction(random_) - 1);
    }
    return values;
  }

  /** Outputs are about as large as inputs. */
  amanuensis::Linear linear(int64_t in, int64_t out) {
    amanuensis::Linear linear = {amanuensis::PackedMatrix(arithmetic_, in, out), numbers((out + 63) / 64 * 64, 0.1f)};
    for (int64_t column = 0; column < out; ++column) {
      linear.weights.set_column(column, numbers(in, std::sqrt(3.0f / static_cast<float>(in))).data());
    }
    return linear;
  }

  amanuensis::LayerNorm norm() { return {numbers(width_, 0.1f, 1), numbers(width_, 0.1f)}; }

 private:
  const amanuensis::Arithmetic &arithmetic_;
  int64_t width_;
  uint64_t random_ = 20261121;
};

}  // namespace bench
