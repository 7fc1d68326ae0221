#include "ops/linear.h"

namespace amanuensis {

PackedMatrix::PackedMatrix(const Kernels &kernels, int64_t depth, int64_t columns)
    : depth_(depth),
      columns_(columns),
      panel_columns_(kernels.panel_columns),
      panels_((columns + panel_columns_ - 1) / panel_columns_ * panel_stride()) {}

void PackedMatrix::set_column(int64_t column, const float *values, int64_t stride) {
  float *to = panels_.data() + place(column);
  for (int64_t k = 0; k < depth_; ++k) {
    to[k * panel_columns_] = values[k * stride];
  }
}

void PackedMatrix::get_column(int64_t column, float *out) const {
  const float *from = panels_.data() + place(column);
  for (int64_t k = 0; k < depth_; ++k) {
    out[k] = from[k * panel_columns_];
  }
}

void apply(const Kernels &kernels, const Linear &linear, const float *in, int64_t rows, int64_t in_stride, float *out,
           int64_t out_stride, Finish finish) {
  kernels.multiply({.rows = rows,
                    .depth = linear.weights.depth(),
                    .columns = linear.weights.columns(),
                    .left = in,
                    .left_stride = in_stride,
                    .right = linear.weights.panels(),
                    .panel_stride = linear.weights.panel_stride(),
                    .bias = linear.bias.data(),
                    .out = out,
                    .out_stride = out_stride,
                    .finish = finish});
}

void apply(const Kernels &kernels, const LayerNorm &norm, const float *in, int64_t rows, float *out) {
  const int64_t width = norm.scale.size();
  for (int64_t row = 0; row < rows; ++row) {
    kernels.layer_norm(in + row * width, norm.scale.data(), norm.shift.data(), width, out + row * width);
  }
}

}  // namespace amanuensis
