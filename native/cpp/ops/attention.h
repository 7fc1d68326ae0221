#pragma once

#include <cstdint>

#include "cpu/kernels.h"
#include "ops/buffer.h"

namespace amanuensis {

/** Layers, heads and positions of keys and values. */
struct CacheShape {
  int64_t layers, heads, head_width, capacity;
};

/** The keys and values of a decoder's attention, of all layers: of a window's states, or of a sequence of tokens. */
class KeyValues {
 public:
  KeyValues() = default;
  KeyValues(const StepAttention &attention, const CacheShape &shape);

  const StepAttention &attention() const { return *attention_; }
  const CacheShape &shape() const { return shape_; }
  int64_t bytes() const { return memory_.bytes(); }
  static int64_t bytes_of(const StepAttention &attention, const CacheShape &shape);

  /** What the kernels read; they also write what a const cache gives out only where the cache is not const. */
  HeadCache head(int64_t layer, int64_t head) const;

  /** How many positions of a window's states it holds, at first all; of a sequence of tokens the caller keeps count. */
  int64_t positions() const { return positions_; }
  void set_positions(int64_t positions) { positions_ = positions; }

  /** Takes the first positions of a cache of equal shape. */
  void copy(const KeyValues &from, int64_t positions);

 private:
  const StepAttention *attention_ = nullptr;
  CacheShape shape_ = {};
  int64_t positions_ = 0;
  int64_t keys_bytes_ = 0, values_bytes_ = 0;  // of a head, on cache lines of their own
  Bytes memory_;                               // [layers][heads] keys, values
};

/** out = softmax(queries keys^T / sqrt(head_width)) values for rows that all see the same positions. */
void attend(const StepAttention &attention, const StepRows &rows, const HeadCache &cache);

/** The same where each row sees one position more than the row before it; the last sees rows.positions. */
void attend_causally(const StepAttention &attention, const StepRows &rows, const HeadCache &cache);

}  // namespace amanuensis
