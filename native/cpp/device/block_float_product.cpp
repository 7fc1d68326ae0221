#include "device/block_float_product.h"

#include <algorithm>
#include <cstring>

#include "common/number_format.h"

namespace amanuensis {
namespace {

/** Rows that a thread rounds at once. */
constexpr int64_t kRoundRows = 32;

int64_t rounded_up(int64_t value, int64_t step) {
  return (value + step - 1) / step * step;
}

/** `count` numbers from `first` on as floats. */
void widen(const MatrixView &matrix, int64_t first, int64_t count, float *out) {
  if (matrix.type == Number::kFloat32) {
    std::copy_n(static_cast<const float *>(matrix.numbers) + first, count, out);
    return;
  }
  const uint16_t *from = static_cast<const uint16_t *>(matrix.numbers) + first;
  std::transform(from, from + count, out, float_of_bfloat16);
}

void grow(Buffer &buffer, int64_t size) {
  if (buffer.size() < size) {
    buffer = Buffer(size);
  }
}

}  // namespace

void BlockFloatProduct::round_left(Team &team, const MatrixView &a, int64_t depth) {
  grow(left_, a.rows * depth);
  team.each((a.rows + kRoundRows - 1) / kRoundRows, [&](int64_t task, int) {
    const int64_t end = std::min(a.rows, (task + 1) * kRoundRows);
    for (int64_t row = task * kRoundRows; row < end; ++row) {
      float *left = left_.data() + row * depth;
      widen(a, row * a.columns, a.columns, left);
      std::fill(left + a.columns, left + depth, 0.0f);
      kernels_.round_rows(left, depth, floor_, left);
    }
  });
}

void BlockFloatProduct::run(Team &team, const MatrixView &a, const MatrixView &b, float *out) {
  const int64_t depth = rounded_up(a.columns, kBlockFloat), width = kernels_.panel_columns;
  team.checkpoint();
  round_left(team, a, depth);
  scratch_.resize(std::max(scratch_.size(), static_cast<size_t>(team.members())));
  for (Scratch &scratch : scratch_) {
    grow(scratch.panel, depth * width);
    grow(scratch.sums, a.rows * width);
  }
  team.each((b.columns + width - 1) / width, [&](int64_t task, int member) {
    Scratch &scratch = scratch_[static_cast<size_t>(member)];
    const int64_t first = task * width, columns = std::min(width, b.columns - first);
    std::fill_n(scratch.panel.data(), depth * width, 0.0f);
    for (int64_t k = 0; k < b.rows; ++k) {
      widen(b, k * b.columns + first, columns, scratch.panel.data() + k * width);
    }
    kernels_.round_panel(scratch.panel.data(), width, depth, floor_, scratch.panel.data());
    std::fill_n(scratch.sums.data(), a.rows * width, 0.0f);
    kernels_.multiply_panel(left_.data(), depth, a.rows, depth, scratch.panel.data(), scratch.sums.data(), width);
    for (int64_t row = 0; row < a.rows; ++row) {
      std::copy_n(scratch.sums.data() + row * width, columns, out + row * b.columns + first);
    }
  });
}

}  // namespace amanuensis
