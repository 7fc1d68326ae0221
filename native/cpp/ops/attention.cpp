#include "ops/attention.h"

#include <algorithm>
#include <cmath>

namespace amanuensis {
namespace {

/** Rows whose scores are in memory together: a multiple of the kernels' tile that fits the second-level cache. */
constexpr int64_t kBlockRows = 24;

constexpr int64_t kFloat = sizeof(float);

int64_t quotient_up(int64_t value, int64_t step) {
  return (value + step - 1) / step;
}

}  // namespace

KeyValues::KeyValues(const Kernels &kernels, int64_t heads, int64_t head_width, int64_t capacity)
    : heads_(heads),
      head_width_(head_width),
      capacity_(capacity),
      panel_columns_(kernels.float32.panel_columns),
      key_panels_(quotient_up(capacity, panel_columns_)),
      value_panels_(quotient_up(head_width, panel_columns_)),
      keys_(heads * key_panels_ * key_panel_stride()),
      values_(heads * value_panels_ * value_panel_stride()) {}

void KeyValues::put(int64_t first, int64_t count, const float *keys, const float *values, int64_t stride) {
  for (int64_t head = 0; head < heads_; ++head) {
    for (int64_t i = 0; i < count; ++i) {
      put_keys(head, first + i, keys + i * stride + head * head_width_);
      put_values(head, first + i, values + i * stride + head * head_width_);
    }
  }
}

void KeyValues::put_keys(int64_t head, int64_t position, const float *key) {
  float *panel = keys_.data() + (head * key_panels_ + position / panel_columns_) * key_panel_stride();
  for (int64_t k = 0; k < head_width_; ++k) {
    panel[k * panel_columns_ + position % panel_columns_] = key[k];
  }
}

void KeyValues::put_values(int64_t head, int64_t position, const float *value) {
  float *row = values_.data() + head * value_panels_ * value_panel_stride() + position * panel_columns_;
  for (int64_t column = 0; column < head_width_; column += panel_columns_) {
    const int64_t count = std::min(panel_columns_, head_width_ - column);
    std::copy(value + column, value + column + count, row + column / panel_columns_ * value_panel_stride());
  }
}

int64_t attention_scratch_size(const KeyValues &key_values) {
  return kBlockRows * key_values.capacity();
}

void attend(const Kernels &kernels, const KeyValues &kv, const AttentionCall &call, float *scratch) {
  const int64_t width = kv.heads() * kv.head_width(), positions = call.positions;
  const float scale = 1.0f / std::sqrt(static_cast<float>(kv.head_width()));
  for (int64_t head = 0; head < kv.heads(); ++head) {
    const float *queries = call.queries + head * kv.head_width();
    for (int64_t first = 0; first < call.rows; first += kBlockRows) {
      const int64_t rows = std::min(kBlockRows, call.rows - first);
      kernels.float32.multiply({.rows = rows,
                        .depth = kv.head_width(),
                        .columns = positions,
                        .left = queries + first * call.query_stride,
                        .left_stride = call.query_stride,
                        .left_scales = nullptr,
                        .left_zeros = nullptr,
                        .right = kv.keys(head),
                        .panel_stride = kv.key_panel_stride() * kFloat,
                        .right_scales = nullptr,
                        .right_sums = nullptr,
                        .bias = nullptr,
                        .out = scratch,
                        .out_stride = positions,
                        .finish = Finish::kStore});
      if (call.tap) {
        (*call.tap)(head, first, rows, scratch, positions);
      }
      for (int64_t row = 0; row < rows; ++row) {
        float *scores = scratch + row * positions;
        const int64_t visible = call.causal ? positions - (call.rows - 1 - first - row) : positions;
        kernels.softmax(scores, visible, scale);
        std::fill(scores + visible, scores + positions, 0.0f);
      }
      kernels.float32.multiply({.rows = rows,
                        .depth = positions,
                        .columns = kv.head_width(),
                        .left = scratch,
                        .left_stride = positions,
                        .left_scales = nullptr,
                        .left_zeros = nullptr,
                        .right = kv.values(head),
                        .panel_stride = kv.value_panel_stride() * kFloat,
                        .right_scales = nullptr,
                        .right_sums = nullptr,
                        .bias = nullptr,
                        .out = call.out + first * width + head * kv.head_width(),
                        .out_stride = width,
                        .finish = Finish::kStore});
    }
  }
}

}  // namespace amanuensis
