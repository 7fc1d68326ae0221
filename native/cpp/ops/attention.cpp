#include "ops/attention.h"

namespace amanuensis {
namespace {

int64_t whole_lines(int64_t bytes) {
  constexpr int64_t kLine = 64;
  return (bytes + kLine - 1) / kLine * kLine;
}

}  // namespace

int64_t KeyValues::bytes_of(const StepAttention &attention, const CacheShape &shape) {
  return shape.layers * shape.heads *
         (whole_lines(attention.keys_bytes(shape.capacity, shape.head_width)) +
          whole_lines(attention.values_bytes(shape.capacity, shape.head_width)));
}

KeyValues::KeyValues(const StepAttention &attention, const CacheShape &shape)
    : attention_(&attention),
      shape_(shape),
      positions_(shape.capacity),
      keys_bytes_(whole_lines(attention.keys_bytes(shape.capacity, shape.head_width))),
      values_bytes_(whole_lines(attention.values_bytes(shape.capacity, shape.head_width))),
      memory_(Bytes::in_large_pages(bytes_of(attention, shape))) {}

HeadCache KeyValues::head(int64_t layer, int64_t head) const {
  auto *keys = const_cast<std::byte *>(memory_.data()) + (layer * shape_.heads + head) * (keys_bytes_ + values_bytes_);
  return {.keys = keys, .values = keys + keys_bytes_, .capacity = shape_.capacity, .head_width = shape_.head_width};
}

void KeyValues::copy(const KeyValues &from, int64_t positions) {
  for (int64_t i = 0; i < shape_.layers * shape_.heads; ++i) {
    attention_->copy(from.head(i / shape_.heads, i % shape_.heads), positions,
                     head(i / shape_.heads, i % shape_.heads));
  }
}

void attend(const StepAttention &attention, const StepRows &rows, const HeadCache &cache) {
  attention.score(rows, cache);
  attention.mix(rows, cache);
}

void attend_causally(const StepAttention &attention, const StepRows &rows, const HeadCache &cache) {
  for (int64_t row = 0; row < rows.rows; ++row) {
    StepRows one = rows;
    one.queries = rows.queries + row * rows.query_stride;
    one.out = rows.out + row * rows.out_stride;
    one.rows = 1;
    one.positions = rows.positions - (rows.rows - 1 - row);
    attend(attention, one, cache);
  }
}

}  // namespace amanuensis
