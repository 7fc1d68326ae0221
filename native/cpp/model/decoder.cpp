#include "model/decoder.h"

#include <algorithm>
#include <functional>

namespace amanuensis {
namespace {

/** Rows of one task of what is done row by row: fewer last no longer than handing them over. */
constexpr int64_t kRowsOfTask = 32;

/** Rows of cross-attention whose scores are in memory together: a multiple of what the kernels take at once. */
constexpr int64_t kScoreRows = 12;

int64_t quotient_up(int64_t value, int64_t step) {
  return (value + step - 1) / step;
}

/** The fewest heads that share out evenly and whose columns begin and end with panels; all of them if none do. */
int64_t heads_of_group(int64_t heads, int64_t head_width, int64_t panel_columns) {
  int64_t group = 1;
  while (group < heads && (heads % group != 0 || group * head_width % panel_columns != 0)) {
    ++group;
  }
  return group;
}

/** body(first row, rows) for all rows, by a team. */
template <typename Body>
void each_few(Team &team, int64_t rows, const Body &body) {
  team.each(quotient_up(rows, kRowsOfTask), [&](int64_t task, int) {
    const int64_t first = task * kRowsOfTask;
    body(first, std::min(kRowsOfTask, rows - first));
  });
}

}  // namespace

Decoder::Decoder(const DecoderWeights &weights, const Dimensions &d, const Kernels &kernels,
                 const CacheNumbers &caches)
    : weights_(weights),
      arithmetic_(weights.embed_tokens.weights.arithmetic()),
      source_attention_(kernels.step_attention(caches.source)),
      past_attention_(kernels.step_attention(caches.past)),
      heads_(d.decoder_attention_heads),
      head_width_(d.d_model / heads_),
      width_(d.d_model),
      ffn_(d.decoder_ffn_dim) {
  source_shape_ = {d.decoder_layers, heads_, head_width_, d.max_source_positions};
  past_shape_ = {d.decoder_layers, heads_, head_width_, d.max_target_positions};
  source_group_ = heads_of_group(heads_, head_width_, arithmetic_.panel_columns);
}

int64_t Decoder::bytes() const {
  int64_t bytes = source_left_.bytes() + left_.bytes() + hidden_left_.bytes() + x_.bytes() +
                  attended_.bytes() + qkv_.bytes() + hidden_.bytes() + logits_.bytes();
  for (const Buffer &scores : scores_) {
    bytes += scores.bytes();
  }
  for (const Buffer &kv : source_kv_) {
    bytes += kv.bytes();
  }
  return bytes;
}

/** By heads, so that their keys and values go from the product to the cache by way of the processor's own. */
void Decoder::read_source(Team &team, const float *states, int64_t positions, KeyValues &out) {
  if (source_left_.bytes() == 0) {
    source_left_ = LeftBuffer(arithmetic_, source_shape_.capacity, width_);
  }
  out.set_positions(positions);
  each_few(team, positions, [&](int64_t first, int64_t rows) {
    source_left_.set_float(states + first * width_, width_, first, rows, width_);
  });
  const int64_t columns = source_group_ * head_width_;
  for (int64_t layer = 0; layer < source_shape_.layers; ++layer) {
    team.checkpoint();
    while (static_cast<int>(source_kv_.size()) < team.members()) {
      source_kv_.emplace_back(source_shape_.capacity * 2 * columns);
    }
    const Linear &kv = weights_.layers[static_cast<size_t>(layer)].encoder_attn.kv;
    team.each(heads_ / source_group_, [&](int64_t task, int member) {
      float *keys = source_kv_[static_cast<size_t>(member)].data(), *values = keys + columns;
      if (source_group_ == heads_) {
        apply(kv, source_left_, positions, keys, 2 * columns);
      } else {
        apply_columns(kv, source_left_, positions, task * columns, columns, keys, 2 * columns);
        apply_columns(kv, source_left_, positions, width_ + task * columns, columns, values, 2 * columns);
      }
      for (int64_t i = 0; i < source_group_; ++i) {
        source_attention_.put(keys + i * head_width_, values + i * head_width_, 2 * columns, 0, positions,
                              out.head(layer, task * source_group_ + i));
      }
    });
  }
}

/** Which rows are whose. */
void Decoder::plan(std::span<const Continuation> continuations) {
  first_row_.clear();
  groups_.clear();
  rows_ = 0;
  for (const Continuation &continuation : continuations) {
    const auto count = static_cast<int64_t>(continuation.tokens.size());
    if (groups_.empty() || groups_.back().source != continuation.source) {
      groups_.push_back({continuation.source, rows_, 0});
    }
    groups_.back().rows += count;
    first_row_.push_back(rows_);
    rows_ += count;
  }
}

void Decoder::reserve(int64_t rows) {
  if (rows <= reserved_) {
    return;
  }
  left_ = LeftBuffer(arithmetic_, rows, width_);
  hidden_left_ = LeftBuffer(arithmetic_, rows, ffn_);
  x_ = Buffer(rows * width_);
  attended_ = Buffer(rows * width_);
  qkv_ = Buffer(rows * 3 * width_);
  hidden_ = Bytes(rows * ffn_ * bytes_of(arithmetic_.inner));
  reserved_ = rows;
}

void Decoder::make_scratch(int members) {
  const int64_t most = std::max(source_shape_.capacity, past_shape_.capacity);
  while (static_cast<int>(scores_.size()) < members) {
    scores_.emplace_back(kScoreRows * step_scores_stride(most, head_width_));
  }
}

void Decoder::advance(Team &team, std::span<const Continuation> continuations, const CrossTap *tap) {
  wanted_ = 0;
  plan(continuations);
  reserve(rows_);
  team.checkpoint();
  embed(team, continuations);
  for (int64_t layer = 0; layer < past_shape_.layers; ++layer) {
    team.checkpoint();
    make_scratch(team.members());
    attend_self(team, layer, continuations);
    attend_cross(team, layer, tap);
    think(team, weights_.layers[static_cast<size_t>(layer)].mlp);
  }
  keep_wanted(continuations);
}

void Decoder::embed(Team &team, std::span<const Continuation> continuations) {
  team.each(static_cast<int64_t>(continuations.size()), [&](int64_t task, int) {
    const Continuation &continuation = continuations[static_cast<size_t>(task)];
    float *row = x_.data() + first_row_[static_cast<size_t>(task)] * width_;
    const float *place = weights_.positions.data() + continuation.position * width_;
    for (const int32_t token : continuation.tokens) {
      weights_.embed_tokens.weights.get_column(token, row);
      std::transform(row, row + width_, place, row, std::plus<>());
      row += width_;
      place += width_;
    }
  });
}

void Decoder::normalise(Team &team, const LayerNorm &norm) {
  each_few(team, rows_,
           [&](int64_t first, int64_t rows) { left_.set_norm(norm, x_.data() + first * width_, first, rows); });
}

void Decoder::attend_self(Team &team, int64_t layer, std::span<const Continuation> continuations) {
  const SelfAttentionWeights &weights = weights_.layers[static_cast<size_t>(layer)].self_attn;
  normalise(team, weights.norm);
  apply(team, weights.qkv, left_, rows_, qkv_.data(), 3 * width_);
  team.each(static_cast<int64_t>(continuations.size()) * heads_, [&](int64_t task, int member) {
    const auto i = static_cast<size_t>(task / heads_);
    const int64_t head = task % heads_, first = first_row_[i];
    const Continuation &continuation = continuations[i];
    const auto rows = static_cast<int64_t>(continuation.tokens.size());
    const float *queries = qkv_.data() + first * 3 * width_ + head * head_width_;
    const HeadCache cache = continuation.past->head(layer, head);
    past_attention_.put(queries + width_, queries + 2 * width_, 3 * width_, continuation.position, rows, cache);
    attend_causally(past_attention_,
                    {.queries = queries,
                     .query_stride = 3 * width_,
                     .rows = rows,
                     .positions = continuation.position + rows,
                     .scores = scores_[static_cast<size_t>(member)].data(),
                     .scores_stride = 0,
                     .out = attended_.data() + first * width_ + head * head_width_,
                     .out_stride = width_},
                    cache);
  });
  add_attended(team, weights.out_proj);
}

void Decoder::attend_cross(Team &team, int64_t layer, const CrossTap *tap) {
  const CrossAttentionWeights &weights = weights_.layers[static_cast<size_t>(layer)].encoder_attn;
  normalise(team, weights.norm);
  apply(team, weights.q_proj, left_, rows_, qkv_.data(), width_);
  const int64_t stride = step_scores_stride(source_shape_.capacity, head_width_);
  team.each(static_cast<int64_t>(groups_.size()) * heads_, [&](int64_t task, int member) {
    const Group &group = groups_[static_cast<size_t>(task / heads_)];
    const int64_t head = task % heads_;
    const HeadCache cache = group.source->head(layer, head);
    for (int64_t first = 0; first < group.rows; first += kScoreRows) {
      const int64_t at = (group.first + first) * width_ + head * head_width_;
      const StepRows rows = {.queries = qkv_.data() + at,
                             .query_stride = width_,
                             .rows = std::min(kScoreRows, group.rows - first),
                             .positions = group.source->positions(),
                             .scores = scores_[static_cast<size_t>(member)].data(),
                             .scores_stride = stride,
                             .out = attended_.data() + at,
                             .out_stride = width_};
      source_attention_.score(rows, cache);
      if (tap) {
        (*tap)(layer, head, group.first + first, rows.rows, rows.scores, stride);
      }
      source_attention_.mix(rows, cache);
    }
  });
  add_attended(team, weights.out_proj);
}

void Decoder::add_attended(Team &team, const Linear &out_proj) {
  each_few(team, rows_, [&](int64_t first, int64_t rows) {
    left_.set_float(attended_.data() + first * width_, width_, first, rows, width_);
  });
  apply(team, out_proj, left_, rows_, x_.data(), width_, Finish::kAdd);
}

void Decoder::think(Team &team, const MlpWeights &weights) {
  normalise(team, weights.norm);
  apply(team, weights.fc1, left_, rows_, hidden_.data(), ffn_, Finish::kInnerGelu);
  const LeftView hidden = hidden_left_.of_inner(hidden_.data(), ffn_, rows_, ffn_);
  apply(team, weights.fc2, hidden, rows_, x_.data(), width_, Finish::kAdd);
}

/** Leaves the rows that logits are wanted of in left_, side by side. */
void Decoder::keep_wanted(std::span<const Continuation> continuations) {
  for (size_t i = 0; i < continuations.size(); ++i) {
    const auto count = static_cast<int64_t>(continuations[i].tokens.size());
    const int64_t wanted = continuations[i].wanted, first = first_row_[i] + count - wanted;
    left_.set_norm(weights_.norm, x_.data() + first * width_, wanted_, wanted);
    wanted_ += wanted;
  }
}

float *Decoder::logits(Team &team, int64_t first, int64_t count) {
  const int64_t columns = vocabulary();
  if (logits_.size() < count * columns) {
    logits_ = Buffer(count * columns);
  }
  apply(team, weights_.embed_tokens, LeftView(left_, first), count, logits_.data(), columns);
  return logits_.data();
}

}  // namespace amanuensis
