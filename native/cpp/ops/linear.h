#pragma once

#include <cstdint>

#include "common/cores.h"
#include "cpu/kernels.h"
#include "ops/buffer.h"

namespace amanuensis {

/** A matrix as the right side of products of one arithmetic: panels of a few columns. Filled once, then immutable. */
class PackedMatrix {
 public:
  PackedMatrix() = default;
  PackedMatrix(const Arithmetic &arithmetic, int64_t depth, int64_t columns);

  /** values: [depth]. Rounds, or quantises with a scale of the column's own. */
  void set_column(int64_t column, const float *values);

  /** What set_column kept. out: [depth] */
  void get_column(int64_t column, float *out) const;

  const Arithmetic &arithmetic() const { return *arithmetic_; }
  int64_t depth() const { return depth_; }
  /** The depth filled up to whole groups: what left rows must have room for. */
  int64_t padded_depth() const { return padded_depth_; }
  int64_t columns() const { return columns_; }
  const std::byte *panels() const { return panels_.data(); }
  int64_t panel_stride() const;
  const float *scales() const { return scales_.data(); }
  const float *sums() const { return sums_.data(); }
  int64_t bytes() const { return panels_.bytes() + scales_.bytes() + sums_.bytes(); }

 private:
  std::byte *place(int64_t column, int64_t k) const;

  const Arithmetic *arithmetic_ = nullptr;
  int64_t depth_ = 0, padded_depth_ = 0, columns_ = 0;
  Bytes panels_;
  Buffer scales_, sums_;  // of the columns of a quantised matrix
};

/** A linear map with an optional bias: y = x W^T + b. */
struct Linear {
  PackedMatrix weights;
  Buffer bias;  // filled up to whole panels, or empty

  int64_t bytes() const { return weights.bytes() + bias.bytes(); }
};

struct LayerNorm {
  Buffer scale, shift;

  int64_t bytes() const { return scale.bytes() + shift.bytes(); }
};

class LeftBuffer;

/** Rows that a product reads: of a LeftBuffer, or any rows of Arithmetic::left. */
struct LeftView {
  LeftView(const LeftBuffer &buffer, int64_t first = 0);
  LeftView(const void *rows, int64_t row_stride)
      : numbers(rows), stride(row_stride), scales(nullptr), zeros(nullptr) {}

  const void *numbers;
  int64_t stride;  // numbers
  const float *scales, *zeros;
};

/** Working memory for the left side of products: rows in the form that an arithmetic multiplies. */
class LeftBuffer {
 public:
  LeftBuffer() = default;
  LeftBuffer(const Arithmetic &arithmetic, int64_t rows, int64_t width);

  int64_t bytes() const { return numbers_.bytes() + scales_.bytes() + zeros_.bytes(); }
  int64_t stride() const { return stride_; }
  const std::byte *row(int64_t row) const { return numbers_.data() + row * stride_ * bytes_of(arithmetic_->left); }
  const float *scales(int64_t row) const { return scales_.data() ? scales_.data() + row : nullptr; }
  const float *zeros(int64_t row) const { return zeros_.data() ? zeros_.data() + row : nullptr; }

  /** Row 0 on = rows of `in` normalised. in: [rows][width] */
  void set_norm(const LayerNorm &norm, const float *in, int64_t rows);
  void set_float(const float *in, int64_t in_stride, int64_t rows, int64_t width);
  void set_inner(const void *in, int64_t in_stride, int64_t rows, int64_t width);

  /** Rows of inner as they are where the arithmetic can multiply them so, else converted as by set_inner. */
  LeftView of_inner(const void *in, int64_t in_stride, int64_t rows, int64_t width);

  /** The same for a block of rows from `first` on, for use by many threads. in: the first of them. */
  void set_norm(const LayerNorm &norm, const float *in, int64_t first, int64_t rows);
  void set_float(const float *in, int64_t in_stride, int64_t first, int64_t rows, int64_t width);

 private:
  LeftRows rows(int64_t first, int64_t count, int64_t width);

  const Arithmetic *arithmetic_ = nullptr;
  int64_t stride_ = 0;
  Bytes numbers_;
  Buffer scales_, zeros_;
};

/** out [rows][out_stride] = finish(in W^T + b), by the calling thread. */
void apply(const Linear &linear, const LeftView &in, int64_t rows, void *out, int64_t out_stride,
           Finish finish = Finish::kStore);

/** The same of some columns from first_column on, which begins a panel. out: [rows][out_stride], the first of them. */
void apply_columns(const Linear &linear, const LeftView &in, int64_t rows, int64_t first_column, int64_t columns,
                   float *out, int64_t out_stride);

/** The same by a team: threads share out the columns and blocks of rows, never a sum. */
void apply(Team &team, const Linear &linear, const LeftView &in, int64_t rows, void *out, int64_t out_stride,
           Finish finish = Finish::kStore);

/** The number type of an out whose finish this is. */
Number number_of(const Arithmetic &arithmetic, Finish finish);

}  // namespace amanuensis
