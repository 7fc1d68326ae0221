#include "model/encoder_stem.h"

#include <algorithm>

#include "model/row_blocks.h"

namespace amanuensis {
namespace {

/** Frames that are turned together: a cache line of each bin. */
constexpr int64_t kFrames = 16;

/** Odd numbers of columns let a kernel read a group beyond the last row. */
constexpr int64_t kSlack = 64;

}  // namespace

EncoderStem::EncoderStem(const EncoderWeights &weights, const Dimensions &d)
    : weights_(weights),
      arithmetic_(weights.conv1.weights.arithmetic()),
      bins_(d.num_mel_bins),
      most_positions_(d.max_source_positions),
      width_(d.d_model),
      mel_rows_(((2 * most_positions_ + 2) * bins_ + kSlack) * bytes_of(arithmetic_.left)),
      conv_rows_(((2 * most_positions_ + 2) * width_ + kSlack) * bytes_of(arithmetic_.left)) {}

int64_t EncoderStem::bytes() const {
  int64_t bytes = mel_rows_.bytes() + conv_rows_.bytes();
  for (const Buffer &frames : turned_) {
    bytes += frames.bytes();
  }
  return bytes;
}

/** Three time steps side by side are one row of a product: a convolution is a product whose rows overlap. */
void EncoderStem::run(Team &team, const float *mel, int64_t positions, float *out) {
  const int64_t number = bytes_of(arithmetic_.left), frames = 2 * positions, mel_stride = 2 * most_positions_;
  while (static_cast<int>(turned_.size()) < team.members()) {
    turned_.emplace_back(kFrames * bins_);
  }
  const auto row_of = [&](Bytes &rows, int64_t frame, int64_t width) {
    return rows.data() + (1 + frame) * width * number;
  };
  team.each(quotient_up(frames, kFrames), [&](int64_t task, int member) {
    float *turned = turned_[static_cast<size_t>(member)].data();
    const int64_t first = task * kFrames, count = std::min(kFrames, frames - first);
    for (int64_t bin = 0; bin < bins_; ++bin) {
      for (int64_t i = 0; i < count; ++i) {
        turned[i * bins_ + bin] = mel[bin * mel_stride + first + i];
      }
    }
    arithmetic_.left_of_float(turned, bins_,
                              {.rows = count,
                               .width = bins_,
                               .scale = nullptr,
                               .shift = nullptr,
                               .left = row_of(mel_rows_, first, bins_),
                               .left_stride = bins_,
                               .left_scales = nullptr,
                               .left_zeros = nullptr});
  });
  // A longer window before this one has been here.
  std::fill_n(row_of(mel_rows_, frames, bins_), bins_ * number, std::byte{0});
  std::fill_n(row_of(conv_rows_, frames, width_), width_ * number, std::byte{0});
  each_row_block(team, frames, [&](int64_t first, int64_t rows, int) {
    apply(weights_.conv1, {row_of(mel_rows_, first - 1, bins_), bins_}, rows, row_of(conv_rows_, first, width_), width_,
          Finish::kInnerGelu);
  });
  each_row_block(team, positions, [&](int64_t first, int64_t rows, int) {
    float *x = out + first * width_;
    apply(weights_.conv2, {row_of(conv_rows_, 2 * first - 1, width_), 2 * width_}, rows, x, width_, Finish::kGelu);
    const float *place = weights_.positions.data() + first * width_;
    std::transform(x, x + rows * width_, place, x, std::plus<>());
  });
}

}  // namespace amanuensis
