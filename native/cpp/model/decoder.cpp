#include "model/decoder.h"

#include <algorithm>

#include "common/number_format.h"

namespace amanuensis {

Decoder::Decoder(const DecoderWeights &weights, const Dimensions &d, const Kernels &kernels)
    : weights_(weights),
      kernels_(kernels),
      source_positions_(d.max_source_positions),
      capacity_(d.max_target_positions),
      width_(d.d_model),
      ffn_(d.decoder_ffn_dim),
      arithmetic_(weights.embed_tokens.weights.arithmetic()),
      source_left_(arithmetic_, source_positions_, width_),
      source_kv_(source_positions_ * 2 * width_),
      left_(arithmetic_, capacity_, width_),
      hidden_left_(arithmetic_, capacity_, ffn_),
      x_(capacity_ * width_),
      attended_(capacity_ * width_),
      qkv_(capacity_ * 3 * width_),
      hidden_(capacity_ * ffn_ * bytes_of(arithmetic_.inner)),
      logits_(d.vocab_size) {
  const int64_t heads = d.decoder_attention_heads, head_width = width_ / heads;
  for (int64_t i = 0; i < d.decoder_layers; ++i) {
    self_.emplace_back(kernels, heads, head_width, capacity_);
    cross_.emplace_back(kernels, heads, head_width, source_positions_);
  }
  scores_ = Buffer(std::max(attention_scratch_size(self_.front()), attention_scratch_size(cross_.front())));
}

int64_t Decoder::bytes() const {
  int64_t bytes = source_left_.bytes() + left_.bytes() + hidden_left_.bytes() + source_kv_.bytes() + x_.bytes() + attended_.bytes() + qkv_.bytes() +
                  hidden_.bytes() + scores_.bytes() + logits_.bytes();
  for (size_t i = 0; i < self_.size(); ++i) {
    bytes += self_[i].bytes() + cross_[i].bytes();
  }
  return bytes;
}

void Decoder::start(const Call &call, const float *states) {
  position_ = 0;
  Team team(&call);
  source_left_.set_float(states, width_, source_positions_, width_);
  for (size_t i = 0; i < cross_.size(); ++i) {
    team.checkpoint();
    apply(team, weights_.layers[i].encoder_attn.kv, source_left_, source_positions_, source_kv_.data(), 2 * width_);
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
  Team team(&call);
  embed(tokens);
  for (size_t i = 0; i < weights_.layers.size(); ++i) {
    team.checkpoint();
    const DecoderLayerWeights &layer = weights_.layers[i];
    const ScoreTap of_layer = [&](int64_t head, int64_t first, int64_t count, const float *scores, int64_t stride) {
      (*tap)(static_cast<int64_t>(i), head, first, count, scores, stride);
    };
    attend_self(team, layer.self_attn, self_[i], rows);
    attend_cross(team, layer.encoder_attn, cross_[i], rows, tap ? &of_layer : nullptr);
    left_.set_norm(layer.mlp.norm, x_.data(), rows);
    apply(team, layer.mlp.fc1, left_, rows, hidden_.data(), ffn_, Finish::kInnerGelu);
    hidden_left_.set_inner(hidden_.data(), ffn_, rows, ffn_);
    apply(team, layer.mlp.fc2, hidden_left_, rows, x_.data(), width_, Finish::kAdd);
  }
  position_ += rows;
  left_.set_norm(weights_.norm, x_.data(), rows);
}

void Decoder::attend_self(Team &team, const SelfAttentionWeights &weights, KeyValues &cache, int64_t rows) {
  left_.set_norm(weights.norm, x_.data(), rows);
  apply(team, weights.qkv, left_, rows, qkv_.data(), 3 * width_);
  cache.put(position_, rows, qkv_.data() + width_, qkv_.data() + 2 * width_, 3 * width_);
  attend(kernels_, cache,
         {.queries = qkv_.data(),
          .query_stride = 3 * width_,
          .rows = rows,
          .positions = position_ + rows,
          .causal = true,
          .out = attended_.data()},
         scores_.data());
  left_.set_float(attended_.data(), width_, rows, width_);
  apply(team, weights.out_proj, left_, rows, x_.data(), width_, Finish::kAdd);
}

void Decoder::attend_cross(Team &team, const CrossAttentionWeights &weights, const KeyValues &cache, int64_t rows,
                           const ScoreTap *tap) {
  left_.set_norm(weights.norm, x_.data(), rows);
  apply(team, weights.q_proj, left_, rows, qkv_.data(), width_);
  attend(kernels_, cache,
         {.queries = qkv_.data(),
          .query_stride = width_,
          .rows = rows,
          .positions = source_positions_,
          .causal = false,
          .out = attended_.data(),
          .tap = tap},
         scores_.data());
  left_.set_float(attended_.data(), width_, rows, width_);
  apply(team, weights.out_proj, left_, rows, x_.data(), width_, Finish::kAdd);
}

std::span<float> Decoder::logits(int64_t row) {
  Team team(nullptr);
  apply(team, weights_.embed_tokens, LeftView(left_, row), 1, logits_.data(), logits_.size());
  require_finite(logits_.data(), logits_.size(), "logits computed");
  return {logits_.data(), static_cast<size_t>(logits_.size())};
}

}  // namespace amanuensis
