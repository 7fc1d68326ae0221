#include "model/encoder.h"

#include <algorithm>

#include "model/row_blocks.h"
#include "model/self_attention.h"

namespace amanuensis {
namespace {

/** Odd numbers of columns let a kernel read a group beyond the last row. */
constexpr int64_t kSlack = 64;

}  // namespace

Encoder::Encoder(const EncoderWeights &weights, const Dimensions &d, const Kernels &kernels)
    : weights_(weights),
      kernels_(kernels),
      arithmetic_(weights.layers.front().mlp.fc1.weights.arithmetic()),
      attention_(kernels.attention(arithmetic_)),
      most_positions_(d.max_source_positions),
      width_(d.d_model),
      ffn_(d.encoder_ffn_dim),
      heads_(d.encoder_attention_heads),
      head_width_(width_ / heads_),
      stem_(weights, d),
      x_(most_positions_ * width_),
      qkv_((most_positions_ * 3 * width_ + kSlack) * bytes_of(arithmetic_.inner)),
      attended_((most_positions_ * width_ + kSlack) * bytes_of(arithmetic_.inner)),
      packed_keys_(heads_ * attention_.packed_bytes(most_positions_, head_width_)),
      packed_values_(packed_keys_.size()) {}

int64_t Encoder::bytes() const {
  int64_t bytes = stem_.bytes() + x_.bytes() + qkv_.bytes() + attended_.bytes() +
                  packed_keys_.bytes() + packed_values_.bytes();
  for (const Scratch &scratch : scratch_) {
    bytes += scratch.left.bytes() + scratch.hidden_left.bytes() + scratch.hidden.bytes() + scratch.scores.bytes();
  }
  return bytes;
}

void Encoder::make_scratch(int members) {
  while (static_cast<int>(scratch_.size()) < members) {
    scratch_.push_back({LeftBuffer(arithmetic_, kBlockRows, width_), LeftBuffer(arithmetic_, kBlockRows, ffn_),
                        Bytes(kBlockRows * ffn_ * bytes_of(arithmetic_.inner)),
                        Bytes(attention_.scratch_bytes(most_positions_, head_width_))});
  }
}

/** body(first row, rows, scratch) for all rows. */
template <typename Body>
void Encoder::each_block(Team &team, int64_t rows, const Body &body) {
  each_row_block(team, rows, [&](int64_t first, int64_t count, int member) {
    body(first, count, scratch_[static_cast<size_t>(member)]);
  });
}

const float *Encoder::run(Team &team, const float *mel, int64_t positions) {
  positions_ = positions;
  team.checkpoint();
  make_scratch(team.members());
  stem_.run(team, mel, positions, x_.data());
  each_block(team, positions_, [&](int64_t first, int64_t rows, Scratch &scratch) {
    project(weights_.layers.front().self_attn, first, rows, scratch);
  });
  for (size_t i = 0; i < weights_.layers.size(); ++i) {
    team.checkpoint();
    make_scratch(team.members());
    attend(team);
    each_block(team, positions_, [&](int64_t first, int64_t rows, Scratch &scratch) {
      finish_layer(weights_.layers[i], first, rows, scratch);
      if (i + 1 < weights_.layers.size()) {
        project(weights_.layers[i + 1].self_attn, first, rows, scratch);
      }
    });
  }
  each_block(team, positions_, [&](int64_t first, int64_t rows, Scratch &) {
    for (float *row = x_.data() + first * width_; row < x_.data() + (first + rows) * width_; row += width_) {
      kernels_.layer_norm(row, weights_.norm.scale.data(), weights_.norm.shift.data(), width_, row);
    }
  });
  return x_.data();
}

/** Queries, keys and values of a block of rows. */
void Encoder::project(const SelfAttentionWeights &weights, int64_t first, int64_t rows, Scratch &scratch) {
  scratch.left.set_norm(weights.norm, x_.data() + first * width_, rows);
  apply(weights.qkv, scratch.left, rows, qkv_.data() + first * 3 * width_ * bytes_of(arithmetic_.inner), 3 * width_,
        Finish::kInner);
}

void Encoder::attend(Team &team) {
  SelfAttentionOfHeads{.kernel = attention_,
                       .positions = positions_,
                       .heads = heads_,
                       .head_width = head_width_,
                       .qkv = qkv_.data(),
                       .packed_keys = packed_keys_.data(),
                       .packed_values = packed_values_.data(),
                       .out = attended_.data()}
      .run(team, [&](int member) { return scratch_[static_cast<size_t>(member)].scores.data(); });
}

/** What follows attention in a layer, for a block of rows. */
void Encoder::finish_layer(const EncoderLayerWeights &layer, int64_t first, int64_t rows, Scratch &scratch) {
  float *x = x_.data() + first * width_;
  const LeftView attended =
      scratch.left.of_inner(attended_.data() + first * width_ * bytes_of(arithmetic_.inner), width_, rows, width_);
  apply(layer.self_attn.out_proj, attended, rows, x, width_, Finish::kAdd);
  scratch.left.set_norm(layer.mlp.norm, x, rows);
  apply(layer.mlp.fc1, scratch.left, rows, scratch.hidden.data(), ffn_, Finish::kInnerGelu);
  const LeftView hidden = scratch.hidden_left.of_inner(scratch.hidden.data(), ffn_, rows, ffn_);
  apply(layer.mlp.fc2, hidden, rows, x, width_, Finish::kAdd);
}

}  // namespace amanuensis
