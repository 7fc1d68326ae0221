#include "ops/linear.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "common/number_format.h"

namespace amanuensis {
namespace {

int64_t quotient_up(int64_t value, int64_t step) {
  return (value + step - 1) / step;
}

int64_t rounded_up(int64_t value, int64_t step) {
  return quotient_up(value, step) * step;
}

/** Rows of a block that one thread multiplies with all panels: large, because the panels pass once a block. */
constexpr int64_t kBlockRows = 252;

/** A product of so few rows reads each weight once, and is shared out by columns. */
constexpr int64_t kFewRows = 48;

/** out: row 0 at first_column. */
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
       .left_zeros = in.zeros ? in.zeros + first_row : nullptr,
       .right = weights.panels() + first_column / arithmetic.panel_columns * weights.panel_stride(),
       .panel_stride = weights.panel_stride(),
       .right_scales = at_column(weights.scales()),
       .right_sums = at_column(weights.sums()),
       .bias = at_column(linear.bias.data()),
       .out = static_cast<std::byte *>(out) + first_row * out_stride * out_bytes,
       .out_stride = out_stride,
       .finish = finish});
}

}  // namespace

PackedMatrix::PackedMatrix(const Arithmetic &arithmetic, int64_t depth, int64_t columns)
    : arithmetic_(&arithmetic),
      depth_(depth),
      padded_depth_(rounded_up(depth, arithmetic.depth_group)),
      columns_(columns),
      panels_(Bytes::in_large_pages(rounded_up(columns, arithmetic.panel_columns) / arithmetic.panel_columns *
                                    panel_stride())) {
  const int64_t padded_columns = rounded_up(columns, arithmetic.panel_columns);
  if (arithmetic.right == Number::kInt8) {
    scales_ = Buffer(padded_columns);
    sums_ = Buffer(padded_columns);
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
      sums_.data()[column] = static_cast<float>(sum);
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
    zeros_ = Buffer(rows);
  }
}

LeftRows LeftBuffer::rows(int64_t first, int64_t count, int64_t width) {
  return {.rows = count,
          .width = width,
          .scale = nullptr,
          .shift = nullptr,
          .left = numbers_.data() + first * stride_ * bytes_of(arithmetic_->left),
          .left_stride = stride_,
          .left_scales = scales_.data() ? scales_.data() + first : nullptr,
          .left_zeros = zeros_.data() ? zeros_.data() + first : nullptr};
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
  arithmetic_->left_of_inner(in, in_stride, rows(0, count, width));
}

LeftView LeftBuffer::of_inner(const void *in, int64_t in_stride, int64_t count, int64_t width) {
  if (arithmetic_->left == arithmetic_->inner && width == stride_) {
    return {in, in_stride};
  }
  set_inner(in, in_stride, count, width);
  return *this;
}

LeftView::LeftView(const LeftBuffer &buffer, int64_t first)
    : numbers(buffer.row(first)), stride(buffer.stride()), scales(buffer.scales(first)), zeros(buffer.zeros(first)) {}

void apply(const Linear &linear, const LeftView &in, int64_t rows, void *out, int64_t out_stride, Finish finish) {
  multiply(linear, in, 0, rows, 0, linear.weights.columns(), out, out_stride, finish);
}

void apply_columns(const Linear &linear, const LeftView &in, int64_t rows, int64_t first_column, int64_t columns,
                   float *out, int64_t out_stride) {
  multiply(linear, in, 0, rows, first_column, columns, out, out_stride, Finish::kStore);
}

void apply(Team &team, const Linear &linear, const LeftView &in, int64_t rows, void *out, int64_t out_stride,
           Finish finish) {
  const int64_t columns = linear.weights.columns(), panel = linear.weights.arithmetic().panel_columns;
  const int64_t block_rows = rows > kFewRows ? kBlockRows : rows, blocks = quotient_up(rows, block_rows);
  const int64_t out_bytes = bytes_of(number_of(linear.weights.arithmetic(), finish));
  // Few blocks of rows leave columns to share out; a part of them still lasts longer than handing it over.
  const int64_t panels = quotient_up(columns, panel);
  const int64_t parts = std::clamp<int64_t>(quotient_up(4 * team.members(), blocks), 1, panels);
  team.each(blocks * parts, [&](int64_t task, int) {
    const int64_t part = task % parts, first_row = task / parts * block_rows;
    const int64_t first = panels * part / parts * panel, end = std::min(panels * (part + 1) / parts * panel, columns);
    multiply(linear, in, first_row, std::min(block_rows, rows - first_row), first, end - first,
             static_cast<std::byte *>(out) + first * out_bytes, out_stride, finish);
  });
}

Number number_of(const Arithmetic &arithmetic, Finish finish) {
  return finish == Finish::kInner || finish == Finish::kInnerGelu ? arithmetic.inner : Number::kFloat32;
}

}  // namespace amanuensis
