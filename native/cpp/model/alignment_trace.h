#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "model/decoder.h"
#include "model/whisper.h"

namespace amanuensis {

/**
 * What word times follow from, kept while a window is decoded: for each token, in the order in which they were chosen, the end of
 * the text included, what the alignment heads looked at and how probable the token was. Its memory is used again and again.
 */
class AlignmentTrace {
 public:
  /** Of a window whose source has so many positions. Without rows at first. */
  void begin(int64_t heads, int64_t positions);
  void clear();

  /** Room for one more row, of the token that is chosen next. What a row held that was never settled is gone. */
  void open_row();
  /** Of the row that is open; from any thread, never twice for a head. scores: [positions], undivided as in CrossTap. */
  void keep(const Kernels &kernels, int64_t head, const float *scores, float scale);
  /** The row's token was chosen. */
  void settle_row(double probability) { probabilities_.push_back(probability); }

  int64_t heads() const { return heads_; }
  int64_t rows() const { return static_cast<int64_t>(probabilities_.size()); }

  /** Of each row's token among text tokens. */
  std::span<const double> probabilities() const { return probabilities_; }
  /** Attention of a head in a row over the first of the positions. out: [columns]. */
  void weights(const Kernels &kernels, int64_t row, int64_t head, int64_t columns, float *out) const;

  int64_t bytes() const;

 private:
  const uint16_t *scores(int64_t row, int64_t head) const { return scores_.data() + (row * heads_ + head) * positions_; }

  int64_t heads_ = 0, positions_ = 0;
  std::vector<uint16_t> scores_;  // [rows][heads][positions]: bfloat16, divided, below the largest of a head's row
  std::vector<double> probabilities_;
};

/** Writes what the alignment heads look at into the traces of the rows that have one. of_row: null, or a trace with an open row. */
CrossTap trace_tap(const Whisper &whisper, std::span<AlignmentTrace *const> of_row);

/** Softmax over the text tokens alone, as the reference takes it for words. */
class TextLogits {
 public:
  TextLogits() = default;
  TextLogits(const Kernels &kernels, std::span<const float> logits);

  /** Of a token with this logit. */
  double probability(float logit) const;

 private:
  float most_ = 0, sum_ = 1;
};

}  // namespace amanuensis
