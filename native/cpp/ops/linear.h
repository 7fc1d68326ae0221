#pragma once

#include <cstdint>

#include "cpu/kernels.h"
#include "ops/buffer.h"

namespace amanuensis {

/** A matrix in the kernels' layout for the right side of a product: panels of a few columns, each depth-major. */
class PackedMatrix {
 public:
  PackedMatrix() = default;
  PackedMatrix(const Kernels &kernels, int64_t depth, int64_t columns);

  /** values: [depth], `stride` floats apart. */
  void set_column(int64_t column, const float *values, int64_t stride = 1);

  /** The inverse. out: [depth] */
  void get_column(int64_t column, float *out) const;

  int64_t depth() const { return depth_; }
  int64_t columns() const { return columns_; }
  const float *panels() const { return panels_.data(); }
  int64_t panel_stride() const { return depth_ * panel_columns_; }
  int64_t bytes() const { return panels_.bytes(); }

 private:
  int64_t place(int64_t column) const { return column / panel_columns_ * panel_stride() + column % panel_columns_; }

  int64_t depth_ = 0, columns_ = 0, panel_columns_ = 1;
  Buffer panels_;
};

/** A linear map with an optional bias: y = x W^T + b. */
struct Linear {
  PackedMatrix weights;
  Buffer bias;  // filled up to whole panels, or empty

  int64_t bytes() const { return weights.bytes() + bias.bytes(); }
};

/** out [rows][out_stride] = finish(in [rows][in_stride] W^T + b) */
void apply(const Kernels &kernels, const Linear &linear, const float *in, int64_t rows, int64_t in_stride, float *out,
           int64_t out_stride, Finish finish = Finish::kStore);

struct LayerNorm {
  Buffer scale, shift;

  int64_t bytes() const { return scale.bytes() + shift.bytes(); }
};

/** in, out: [rows][width] */
void apply(const Kernels &kernels, const LayerNorm &norm, const float *in, int64_t rows, float *out);

}  // namespace amanuensis
