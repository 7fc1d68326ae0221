#pragma once

#include <functional>
#include <span>
#include <vector>

#include "common/call.h"
#include "common/cores.h"
#include "model/weights.h"
#include "ops/attention.h"

namespace amanuensis {

/** Receives the cross-attention scores of a layer before the softmax, undivided by the root of the head's width. */
using CrossTap = std::function<void(int64_t layer, int64_t head, int64_t first_row, int64_t rows, const float *scores,
                                    int64_t stride)>;

/** The decoder of one window: its working memory and key-value caches. Belongs to one thread. */
class Decoder {
 public:
  Decoder(const DecoderWeights &weights, const Dimensions &dimensions, const Kernels &kernels);

  /** Begins with a window: computes the keys and values of its states [max_source_positions][d_model]. */
  void start(const Call &call, const float *states);

  /**
   * Continues with tokens, as many as fit into the positions left. Afterwards row i of the logits is asked for with
   * logits(i), i below the number of these tokens. Tokens given one by one or together give the same bits.
   */
  void advance(const Call &call, std::span<const int32_t> tokens, const CrossTap *tap = nullptr);

  /** [vocab_size], writable, valid until the next call. Throws AM_ERROR_NUMERIC if a logit is not finite. */
  std::span<float> logits(int64_t row);

  int64_t position() const { return position_; }
  int64_t capacity() const { return capacity_; }
  int64_t bytes() const;

 private:
  void embed(std::span<const int32_t> tokens);
  void attend_self(Team &team, const SelfAttentionWeights &weights, KeyValues &cache, int64_t rows);
  void attend_cross(Team &team, const CrossAttentionWeights &weights, const KeyValues &cache, int64_t rows, const ScoreTap *tap);

  const DecoderWeights &weights_;
  const Kernels &kernels_;
  int64_t source_positions_, capacity_, width_, ffn_;
  const Arithmetic &arithmetic_;
  int64_t position_ = 0;
  std::vector<KeyValues> self_, cross_;  // by layer
  LeftBuffer source_left_;               // [source positions]
  Buffer source_kv_;                     // [source positions][2 x width]
  LeftBuffer left_, hidden_left_;        // [capacity]
  Buffer x_, attended_;                  // [capacity][width]
  Buffer qkv_;                           // [capacity][3 x width]
  Bytes hidden_;                         // [capacity][ffn] of inner
  Buffer scores_;
  Buffer logits_;  // [vocabulary]
};

}  // namespace amanuensis
