#include "ops/linear.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "common/number_format.h"

namespace amanuensis {
namespace {

int64_t rounded_up(int64_t value, int64_t step) {
  return (value + step - 1) / step * step;
}

/** Rows of a block that one thread multiplies with all panels: large, because the panels pass once a block. */
constexpr int64_t kBlockRows = 126;

/** A product of so few rows reads each weight once, and is shared out by columns. */
constexpr int64_t kFewRows = 48;

void multiply(const Linear &linear, const LeftView &in, int64_t first_row, int64_t rows, int64_t first_column,
              int64_t columns, void *out, int64_t out_stride, Finish finish) {
  const PackedMatrix &weights = linear.weights;
  const Arithmetic &arithmetic = weights.arithmetic();
  const int64_t out_bytes = bytes_of(number_of(arithmetic, finish));
  const auto at_column = [&](auto *values) { return values ? values + first_column : nullptr; };
  arithmetic.multiply(
      {.rows = rows,
       .depth = weights.padded_depth(),
       .columns = columns,
       .left = static_cast<const std::byte *>(in.numbers) + first_row * in.stride * bytes_of(arithmetic.left),
       .left_stride = in.stride,
       .left_scales = in.scales ? in.scales + first_row : nullptr,
       .right = weights.panels() + first_column / arithmetic.panel_columns * weights.panel_stride(),
       .panel_stride = weights.panel_stride(),
       .right_scales = at_column(weights.scales()),
       .right_offset = at_column(weights.offsets()),
       .bias = at_column(linear.bias.data()),
       .out = static_cast<std::byte *>(out) + (first_row * out_stride + first_column) * out_bytes,
       .out_stride = out_stride,
       .finish = finish});
}

}  // namespace

PackedMatrix::PackedMatrix(const Arithmetic &arithmetic, int64_t depth, int64_t columns)
    : arithmetic_(&arithmetic),
      depth_(depth),
      padded_depth_(rounded_up(depth, arithmetic.depth_group)),
      columns_(columns),
      panels_(rounded_up(columns, arithmetic.panel_columns) / arithmetic.panel_columns * panel_stride()) {
  const int64_t padded_columns = rounded_up(columns, arithmetic.panel_columns);
  if (arithmetic.right == Number::kInt8) {
    scales_ = Buffer(padded_columns);
  }
  if (arithmetic.left == Number::kOffsetInt8) {
    offsets_ = Array<int32_t>(padded_columns);
  }
}

int64_t PackedMatrix::panel_stride() const {
  return padded_depth_ * arithmetic_->panel_columns * bytes_of(arithmetic_->right);
}

std::byte *PackedMatrix::place(int64_t column, int64_t k) const {
  const int64_t group = arithmetic_->depth_group, panel_columns = arithmetic_->panel_columns;
  const int64_t number = ((k / group) * panel_columns + column % panel_columns) * group + k % group;
  return const_cast<std::byte *>(panels_.data()) + column / panel_columns * panel_stride() +
         number * bytes_of(arithmetic_->right);
}

void PackedMatrix::set_column(int64_t column, const float *values) {
  switch (arithmetic_->right) {
    case Number::kFloat32:
      for (int64_t k = 0; k < depth_; ++k) {
        std::memcpy(place(column, k), values + k, sizeof(float));
      }
      break;
    case Number::kBfloat16:
      for (int64_t k = 0; k < depth_; ++k) {
        const uint16_t rounded = bfloat16_of_float(values[k]);
        std::memcpy(place(column, k), &rounded, sizeof rounded);
      }
      break;
    default: {
      const auto smaller = [](float a, float b) { return std::abs(a) < std::abs(b); };
      const float most = std::abs(*std::max_element(values, values + depth_, smaller));
      const float steps = most > 0 ? 127.0f / most : 0.0f;
      int32_t sum = 0;
      for (int64_t k = 0; k < depth_; ++k) {
        const auto rounded = static_cast<int8_t>(std::lrint(values[k] * steps));
        sum += rounded;
        std::memcpy(place(column, k), &rounded, sizeof rounded);
      }
      scales_.data()[column] = most / 127.0f;
      if (offsets_.data()) {
        offsets_.data()[column] = -128 * sum;
      }
    }
  }
}

void PackedMatrix::get_column(int64_t column, float *out) const {
  for (int64_t k = 0; k < depth_; ++k) {
    const std::byte *from = place(column, k);
    switch (arithmetic_->right) {
      case Number::kFloat32: std::memcpy(out + k, from, sizeof(float)); break;
      case Number::kBfloat16: {
        uint16_t bits;
        std::memcpy(&bits, from, sizeof bits);
        out[k] = float_of_bfloat16(bits);
        break;
      }
      default: out[k] = static_cast<float>(static_cast<int8_t>(*from)) * scales_.data()[column];
    }
  }
}

LeftBuffer::LeftBuffer(const Arithmetic &arithmetic, int64_t rows, int64_t width)
    : arithmetic_(&arithmetic),
      stride_(rounded_up(width, arithmetic.depth_group)),
      numbers_(rows * stride_ * bytes_of(arithmetic.left)) {
  if (arithmetic.right == Number::kInt8) {
    scales_ = Buffer(rows);
  }
}

LeftRows LeftBuffer::rows(int64_t first, int64_t count, int64_t width) {
  return {.rows = count,
          .width = width,
          .scale = nullptr,
          .shift = nullptr,
          .left = numbers_.data() + first * stride_ * bytes_of(arithmetic_->left),
          .left_stride = stride_,
          .left_scales = scales_.data() ? scales_.data() + first : nullptr};
}

void LeftBuffer::set_norm(const LayerNorm &norm, const float *in, int64_t count) {
  set_norm(norm, in, 0, count);
}

void LeftBuffer::set_norm(const LayerNorm &norm, const float *in, int64_t first, int64_t count) {
  LeftRows to = rows(first, count, norm.scale.size());
  to.scale = norm.scale.data();
  to.shift = norm.shift.data();
  arithmetic_->left_of_norm(in, to);
}

void LeftBuffer::set_float(const float *in, int64_t in_stride, int64_t count, int64_t width) {
  set_float(in, in_stride, 0, count, width);
}

void LeftBuffer::set_float(const float *in, int64_t in_stride, int64_t first, int64_t count, int64_t width) {
  arithmetic_->left_of_float(in, in_stride, rows(first, count, width));
}

void LeftBuffer::set_inner(const void *in, int64_t in_stride, int64_t count, int64_t width) {
  set_inner(in, in_stride, 0, count, width);
}

void LeftBuffer::set_inner(const void *in, int64_t in_stride, int64_t first, int64_t count, int64_t width) {
  arithmetic_->left_of_inner(in, in_stride, rows(first, count, width));
}

void apply(const Linear &linear, const LeftView &in, int64_t rows, void *out, int64_t out_stride, Finish finish) {
  multiply(linear, in, 0, rows, 0, linear.weights.columns(), out, out_stride, finish);
}

void apply(Team &team, const Linear &linear, const LeftView &in, int64_t rows, void *out, int64_t out_stride,
           Finish finish) {
  const int64_t columns = linear.weights.columns(), panel = linear.weights.arithmetic().panel_columns;
  if (rows > kFewRows) {
    team.each((rows + kBlockRows - 1) / kBlockRows, [&](int64_t block, int) {
      const int64_t first = block * kBlockRows;
      multiply(linear, in, first, std::min(kBlockRows, rows - first), 0, columns, out, out_stride, finish);
    });
    return;
  }
  const int64_t panels = (columns + panel - 1) / panel, tasks = std::min<int64_t>(panels, 4 * team.members());
  team.each(tasks, [&](int64_t task, int) {
    const int64_t first = panels * task / tasks * panel, end = std::min(panels * (task + 1) / tasks * panel, columns);
    multiply(linear, in, 0, rows, first, end - first, out, out_stride, finish);
  });
}

Number number_of(const Arithmetic &arithmetic, Finish finish) {
  return finish == Finish::kInner || finish == Finish::kInnerGelu ? arithmetic.inner : Number::kFloat32;
}

}  // namespace amanuensis
