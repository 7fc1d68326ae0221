#include "model/encoder.h"

#include <algorithm>

#include "model/mlp.h"

namespace amanuensis {

Encoder::Encoder(const EncoderWeights &weights, const Dimensions &d, const Kernels &kernels)
    : weights_(weights),
      kernels_(kernels),
      bins_(d.num_mel_bins),
      frames_(2 * d.max_source_positions),
      positions_(d.max_source_positions),
      width_(d.d_model),
      key_values_(kernels, d.encoder_attention_heads, d.d_model / d.encoder_attention_heads, positions_),
      mel_rows_((frames_ + 2) * bins_),
      conv_rows_((frames_ + 2) * width_),
      x_(positions_ * width_),
      normed_(std::max(positions_, kMlpRows) * width_),
      qkv_(positions_ * 3 * width_),
      hidden_(kMlpRows * d.encoder_ffn_dim),
      scores_(attention_scratch_size(key_values_)) {}

int64_t Encoder::bytes() const {
  return key_values_.bytes() + mel_rows_.bytes() + conv_rows_.bytes() + x_.bytes() + normed_.bytes() + qkv_.bytes() +
         hidden_.bytes() + scores_.bytes();
}

const float *Encoder::run(const Call &call, const float *mel) {
  call.check();
  convolve(mel);
  for (const EncoderLayerWeights &layer : weights_.layers) {
    call.check();
    attend_self(layer.self_attn);
    add_mlp(kernels_, layer.mlp, x_.data(), positions_, normed_.data(), hidden_.data());
  }
  apply(kernels_, weights_.norm, x_.data(), positions_, x_.data());
  return x_.data();
}

/** Three time steps side by side are one row of a product: a convolution is a product whose rows overlap. */
void Encoder::convolve(const float *mel) {
  for (int64_t bin = 0; bin < bins_; ++bin) {
    for (int64_t frame = 0; frame < frames_; ++frame) {
      mel_rows_.data()[(1 + frame) * bins_ + bin] = mel[bin * frames_ + frame];
    }
  }
  apply(kernels_, weights_.conv1, mel_rows_.data(), frames_, bins_, conv_rows_.data() + width_, width_, Finish::kGelu);
  apply(kernels_, weights_.conv2, conv_rows_.data(), positions_, 2 * width_, x_.data(), width_, Finish::kGelu);
  for (int64_t i = 0; i < positions_ * width_; ++i) {
    x_.data()[i] += weights_.positions.data()[i];
  }
}

void Encoder::attend_self(const SelfAttentionWeights &weights) {
  apply(kernels_, weights.norm, x_.data(), positions_, normed_.data());
  apply(kernels_, weights.qkv, normed_.data(), positions_, width_, qkv_.data(), 3 * width_);
  key_values_.put(0, positions_, qkv_.data() + width_, qkv_.data() + 2 * width_, 3 * width_);
  attend(kernels_, key_values_,
         {.queries = qkv_.data(),
          .query_stride = 3 * width_,
          .rows = positions_,
          .positions = positions_,
          .causal = false,
          .out = normed_.data()},
         scores_.data());
  apply(kernels_, weights.out_proj, normed_.data(), positions_, width_, x_.data(), width_, Finish::kAdd);
}

}  // namespace amanuensis
