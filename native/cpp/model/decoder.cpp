#include "model/decoder.h"

#include <algorithm>

#include "common/number_format.h"
#include "model/mlp.h"

namespace amanuensis {

Decoder::Decoder(const DecoderWeights &weights, const Dimensions &d, const Kernels &kernels)
    : weights_(weights),
      kernels_(kernels),
      source_positions_(d.max_source_positions),
      capacity_(d.max_target_positions),
      width_(d.d_model),
      source_kv_(source_positions_ * 2 * width_),
      x_(capacity_ * width_),
      normed_(std::max(capacity_, kMlpRows) * width_),
      attended_(capacity_ * width_),
      qkv_(capacity_ * 3 * width_),
      hidden_(kMlpRows * d.decoder_ffn_dim),
      logits_(d.vocab_size) {
  const int64_t heads = d.decoder_attention_heads, head_width = width_ / heads;
  for (int64_t i = 0; i < d.decoder_layers; ++i) {
    self_.emplace_back(kernels, heads, head_width, capacity_);
    cross_.emplace_back(kernels, heads, head_width, source_positions_);
  }
  scores_ = Buffer(std::max(attention_scratch_size(self_.front()), attention_scratch_size(cross_.front())));
}

int64_t Decoder::bytes() const {
  int64_t bytes = source_kv_.bytes() + x_.bytes() + normed_.bytes() + attended_.bytes() + qkv_.bytes() +
                  hidden_.bytes() + scores_.bytes() + logits_.bytes();
  for (size_t i = 0; i < self_.size(); ++i) {
    bytes += self_[i].bytes() + cross_[i].bytes();
  }
  return bytes;
}

void Decoder::start(const Call &call, const float *states) {
  position_ = 0;
  for (size_t i = 0; i < cross_.size(); ++i) {
    call.check();
    const Linear &kv = weights_.layers[i].encoder_attn.kv;
    apply(kernels_, kv, states, source_positions_, width_, source_kv_.data(), 2 * width_);
    cross_[i].put(0, source_positions_, source_kv_.data(), source_kv_.data() + width_, 2 * width_);
  }
}

void Decoder::embed(std::span<const int32_t> tokens) {
  for (size_t i = 0; i < tokens.size(); ++i) {
    float *row = x_.data() + static_cast<int64_t>(i) * width_;
    weights_.embed_tokens.weights.get_column(tokens[i], row);
    const float *place = weights_.positions.data() + (position_ + static_cast<int64_t>(i)) * width_;
    std::transform(row, row + width_, place, row, std::plus<>());
  }
}

void Decoder::advance(const Call &call, std::span<const int32_t> tokens, const CrossTap *tap) {
  const auto rows = static_cast<int64_t>(tokens.size());
  embed(tokens);
  for (size_t i = 0; i < weights_.layers.size(); ++i) {
    call.check();
    const DecoderLayerWeights &layer = weights_.layers[i];
    const ScoreTap of_layer = [&](int64_t head, int64_t first, int64_t count, const float *scores, int64_t stride) {
      (*tap)(static_cast<int64_t>(i), head, first, count, scores, stride);
    };
    attend_self(layer.self_attn, self_[i], rows);
    attend_cross(layer.encoder_attn, cross_[i], rows, tap ? &of_layer : nullptr);
    add_mlp(kernels_, layer.mlp, x_.data(), rows, normed_.data(), hidden_.data());
  }
  position_ += rows;
  apply(kernels_, weights_.norm, x_.data(), rows, normed_.data());
}

void Decoder::attend_self(const SelfAttentionWeights &weights, KeyValues &cache, int64_t rows) {
  apply(kernels_, weights.norm, x_.data(), rows, normed_.data());
  apply(kernels_, weights.qkv, normed_.data(), rows, width_, qkv_.data(), 3 * width_);
  cache.put(position_, rows, qkv_.data() + width_, qkv_.data() + 2 * width_, 3 * width_);
  attend(kernels_, cache,
         {.queries = qkv_.data(),
          .query_stride = 3 * width_,
          .rows = rows,
          .positions = position_ + rows,
          .causal = true,
          .out = attended_.data()},
         scores_.data());
  apply(kernels_, weights.out_proj, attended_.data(), rows, width_, x_.data(), width_, Finish::kAdd);
}

void Decoder::attend_cross(const CrossAttentionWeights &weights, const KeyValues &cache, int64_t rows,
                           const ScoreTap *tap) {
  apply(kernels_, weights.norm, x_.data(), rows, normed_.data());
  apply(kernels_, weights.q_proj, normed_.data(), rows, width_, qkv_.data(), width_);
  attend(kernels_, cache,
         {.queries = qkv_.data(),
          .query_stride = width_,
          .rows = rows,
          .positions = source_positions_,
          .causal = false,
          .out = attended_.data(),
          .tap = tap},
         scores_.data());
  apply(kernels_, weights.out_proj, attended_.data(), rows, width_, x_.data(), width_, Finish::kAdd);
}

std::span<float> Decoder::logits(int64_t row) {
  apply(kernels_, weights_.embed_tokens, normed_.data() + row * width_, 1, width_, logits_.data(), logits_.size());
  require_finite(logits_.data(), logits_.size(), "logits computed");
  return {logits_.data(), static_cast<size_t>(logits_.size())};
}

}  // namespace amanuensis
