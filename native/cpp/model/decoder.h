#pragma once

#include <functional>
#include <span>
#include <vector>

#include "common/cores.h"
#include "model/weights.h"
#include "ops/attention.h"

namespace amanuensis {

/**
 * Receives the cross-attention scores of some rows of a layer before the softmax, undivided by the root of the head's
 * width. Called by several threads at once, never twice for the same rows of a head.
 */
using CrossTap = std::function<void(int64_t layer, int64_t head, int64_t first_row, int64_t rows, const float *scores,
                                    int64_t stride)>;

/** Tokens that continue a sequence. Neighbours with one source, as beams are, share the reading of its cache. */
struct Continuation {
  const KeyValues *source;          // of the window's states
  KeyValues *past;                  // of the sequence; extended by the tokens
  int64_t position;                 // how many tokens it holds
  std::span<const int32_t> tokens;  // at least one, at most as many as positions are left
  int64_t wanted = 1;               // after how many of the last of them the next token is asked for
};

/** How a decoder keeps keys and values: those of states are read often, those of tokens also written. */
struct CacheNumbers {
  Number source, past;
};

/**
 * The decoder's network, for any number of sequences at once. What a sequence gets does not depend on its neighbours, on
 * how many of its tokens come together, or on the team. Belongs to one thread.
 */
class Decoder {
 public:
  Decoder(const DecoderWeights &weights, const Dimensions &dimensions, const Kernels &kernels,
          const CacheNumbers &caches);

  /** Caches for read_source and for a sequence. Zero at first; they may be used again and again. */
  KeyValues make_source() const { return KeyValues(source_attention_, source_shape_); }
  KeyValues make_past() const { return KeyValues(past_attention_, past_shape_); }

  /** Computes the keys and values of a window's states [positions][d_model], at most max_source_positions. */
  void read_source(Team &team, const float *states, int64_t positions, KeyValues &out);

  /** All sequences continue. Throws as Team::checkpoint() does; the sequences are then as they were. */
  void advance(Team &team, std::span<const Continuation> continuations, const CrossTap *tap = nullptr);

  /** Rows of logits that the last advance() was asked for: wanted rows of the first continuation, then of the next. */
  int64_t rows() const { return wanted_; }

  /** Computes `count` of them from `first` on, at most kMostLogits. [count][vocab_size], writable, until the next call. */
  float *logits(Team &team, int64_t first, int64_t count);

  int64_t vocabulary() const { return weights_.embed_tokens.weights.columns(); }
  int64_t capacity() const { return past_shape_.capacity; }
  int64_t bytes() const;

  /** Bounds the memory of logits: a row of a large vocabulary takes 200 KB. */
  static constexpr int64_t kMostLogits = 64;

 private:
  /** Rows of neighbours with one source. */
  struct Group {
    const KeyValues *source;
    int64_t first, rows;
  };

  void plan(std::span<const Continuation> continuations);
  void reserve(int64_t rows);
  void make_scratch(int members);
  void embed(Team &team, std::span<const Continuation> continuations);
  void normalise(Team &team, const LayerNorm &norm);
  void attend_self(Team &team, int64_t layer, std::span<const Continuation> continuations);
  void attend_cross(Team &team, int64_t layer, const CrossTap *tap);
  void think(Team &team, const MlpWeights &weights);
  void add_attended(Team &team, const Linear &out_proj);
  void keep_wanted(std::span<const Continuation> continuations);

  const DecoderWeights &weights_;
  const Arithmetic &arithmetic_;
  const StepAttention &source_attention_, &past_attention_;
  CacheShape source_shape_, past_shape_;
  int64_t heads_, head_width_, width_, ffn_;

  std::vector<int64_t> first_row_;  // of each continuation
  std::vector<Group> groups_;
  int64_t rows_ = 0, wanted_ = 0, reserved_ = 0;

  int64_t source_group_;                 // heads whose keys, and whose values, are whole panels of the weights
  std::vector<Buffer> source_kv_;        // of each member: [source positions] of a group's keys, then values
  LeftBuffer source_left_;               // [source positions]
  LeftBuffer left_, hidden_left_;        // [reserved]
  Buffer x_, attended_, qkv_;            // [reserved][width], [width], [3 x width]
  Bytes hidden_;                         // [reserved][ffn] of inner
  std::vector<Buffer> scores_;           // of each member: [kScoreRows][stride]
  Buffer logits_;                        // [as many as were asked for][vocabulary]
};

}  // namespace amanuensis
