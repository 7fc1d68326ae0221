#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace amanuensis {

enum class TensorType { kFloat32, kFloat16, kBFloat16 };

/** A tensor as it lies in a mapped file: row-major, little-endian, of any alignment. */
struct Tensor {
  TensorType type;
  std::vector<int64_t> shape;
  std::span<const std::byte> bytes;

  int64_t elements() const;

  /** Converts `count` elements from `first` on to float32. */
  void read(int64_t first, int64_t count, float *out) const;
};

/** "[512, 80, 3]" */
std::string text_of_shape(const std::vector<int64_t> &shape);

}  // namespace amanuensis
