#include "cpu/table.h"
#include "cpu/vector.h"

/* Attention of an encoder's head in float32: the scores of a few rows, their softmax, and the mixture of values. */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

/** Rows whose scores are in memory together: a multiple of the tile that fits the second-level cache. */
constexpr int64_t kBlockRows = 24;

int64_t rounded_up(int64_t value) {
  return (value + kPanelColumns - 1) / kPanelColumns * kPanelColumns;
}

/** Keys are panels of positions, values panels of columns: each the larger of the two sizes. */
int64_t packed_bytes(int64_t positions, int64_t head_width) {
  const int64_t keys = rounded_up(positions) * head_width, values = rounded_up(head_width) * positions;
  return (keys > values ? keys : values) * static_cast<int64_t>(sizeof(float));
}

int64_t scratch_bytes(int64_t positions, int64_t) {
  return kBlockRows * positions * static_cast<int64_t>(sizeof(float));
}

void pack(const void *keys, const void *values, int64_t stride, int64_t positions, int64_t head_width,
          void *packed_keys, void *packed_values) {
  auto *to_keys = static_cast<float *>(packed_keys), *to_values = static_cast<float *>(packed_values);
  for (int64_t position = 0; position < positions; ++position) {
    const float *key = static_cast<const float *>(keys) + position * stride;
    const float *value = static_cast<const float *>(values) + position * stride;
    float *key_panel = to_keys + position / kPanelColumns * kPanelColumns * head_width + position % kPanelColumns;
    for (int64_t i = 0; i < head_width; ++i) {
      key_panel[i * kPanelColumns] = key[i];
      to_values[(i / kPanelColumns * positions + position) * kPanelColumns + i % kPanelColumns] = value[i];
    }
  }
}

void attend(const HeadRows &call) {
  const float scale = 1.0f / __builtin_sqrtf(static_cast<float>(call.head_width));
  auto *scores = static_cast<float *>(call.scratch);
  Product to_scores = {}, to_out = {};
  to_scores.depth = call.head_width;
  to_scores.columns = call.positions;
  to_scores.left_stride = call.query_stride;
  to_scores.right = call.keys;
  to_scores.panel_stride = kPanelColumns * call.head_width * static_cast<int64_t>(sizeof(float));
  to_scores.out = scores;
  to_scores.out_stride = call.positions;
  to_scores.finish = Finish::kStore;
  to_out.depth = call.positions;
  to_out.columns = call.head_width;
  to_out.left = scores;
  to_out.left_stride = call.positions;
  to_out.right = call.values;
  to_out.panel_stride = kPanelColumns * call.positions * static_cast<int64_t>(sizeof(float));
  to_out.out_stride = call.out_stride;
  to_out.finish = Finish::kStore;
  for (int64_t first = 0; first < call.rows; first += kBlockRows) {
    const int64_t rows = first + kBlockRows < call.rows ? kBlockRows : call.rows - first;
    to_scores.rows = to_out.rows = rows;
    to_scores.left = static_cast<const float *>(call.queries) + first * call.query_stride;
    kFloat32.multiply(to_scores);
    for (int64_t row = 0; row < rows; ++row) {
      softmax(scores + row * call.positions, call.positions, scale);
    }
    to_out.out = static_cast<float *>(call.out) + first * call.out_stride;
    kFloat32.multiply(to_out);
  }
}

}  // namespace

const EncoderAttention kAttention = {.number = Number::kFloat32,
                                     .packed_bytes = packed_bytes,
                                     .scratch_bytes = scratch_bytes,
                                     .pack = pack,
                                     .attend = attend};

}  // namespace amanuensis::AMANUENSIS_ISA
