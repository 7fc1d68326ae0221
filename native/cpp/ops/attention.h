#pragma once

#include <cstdint>
#include <functional>

#include "cpu/kernels.h"
#include "ops/buffer.h"

namespace amanuensis {

/** The keys and values of one attention layer, laid out for the kernels: per head, keys transposed. */
class KeyValues {
 public:
  KeyValues(const Kernels &kernels, int64_t heads, int64_t head_width, int64_t capacity);

  /** Stores `count` positions from `first` on. keys, values: [count][heads x head_width], rows `stride` apart. */
  void put(int64_t first, int64_t count, const float *keys, const float *values, int64_t stride);

  int64_t heads() const { return heads_; }
  int64_t head_width() const { return head_width_; }
  int64_t capacity() const { return capacity_; }
  int64_t bytes() const { return keys_.bytes() + values_.bytes(); }

  const float *keys(int64_t head) const { return keys_.data() + head * key_panels_ * key_panel_stride(); }
  int64_t key_panel_stride() const { return head_width_ * panel_columns_; }
  const float *values(int64_t head) const { return values_.data() + head * value_panels_ * value_panel_stride(); }
  int64_t value_panel_stride() const { return capacity_ * panel_columns_; }

 private:
  void put_keys(int64_t head, int64_t position, const float *key);
  void put_values(int64_t head, int64_t position, const float *value);

  int64_t heads_, head_width_, capacity_, panel_columns_;
  int64_t key_panels_;    // per head: positions / panel columns, [head_width][panel_columns] each
  int64_t value_panels_;  // per head: head_width / panel columns, [capacity][panel_columns] each
  Buffer keys_, values_;
};

/** Receives the scores of a few rows of a head before the softmax. scores: [rows][stride], of which `visible` count. */
using ScoreTap =
    std::function<void(int64_t head, int64_t first_row, int64_t rows, const float *scores, int64_t stride)>;

struct AttentionCall {
  const float *queries;  // [rows][query_stride]
  int64_t query_stride;
  int64_t rows;
  int64_t positions;  // of the keys and values that exist
  bool causal;        // row i sees all but the last rows - 1 - i positions
  float *out;         // [rows][heads x head_width]
  const ScoreTap *tap = nullptr;
};

/** Floats of working memory that attend() needs for a KeyValues. */
int64_t attention_scratch_size(const KeyValues &key_values);

/** out = softmax(queries keys^T / sqrt(head_width)) values, one head and a few rows at a time. */
void attend(const Kernels &kernels, const KeyValues &key_values, const AttentionCall &call, float *scratch);

}  // namespace amanuensis
