#pragma once

#include <algorithm>
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

  /** Room for one more row, of the token that is chosen next. A row that was never settled is written over. */
  void open_row();
  /** Of the row that is open; from any thread, never twice for a head. scores: [positions], undivided as in CrossTap. */
  void keep(const Kernels &kernels, int64_t head, const float *scores, float scale);
  /** The row's token was chosen. */
  void settle_row(double probability) { probabilities_.push_back(probability); }

  int64_t heads() const { return heads_; }
  int64_t rows() const { return static_cast<int64_t>(probabilities_.size()); }

  /** Of each row's token among text tokens; without meaning where it is none. */
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

/** What scores are multiplied with before the softmax. */
float cross_scale(const Dimensions &dimensions);

/** visit(index in alignment_heads, row, scores) for every row of every alignment head. Whisper and visit outlive the tap. */
template <typename Visit>
CrossTap alignment_tap(const Whisper &whisper, const Visit &visit) {
  const auto &heads = whisper.text->generation.alignment_heads;
  return [&](int64_t layer, int64_t head, int64_t first, int64_t rows, const float *scores, int64_t stride) {
    const auto found = std::find(heads.begin(), heads.end(), std::pair(layer, head));
    for (int64_t row = 0; row < rows && found != heads.end(); ++row) {
      visit(found - heads.begin(), first + row, scores + row * stride);
    }
  };
}

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
