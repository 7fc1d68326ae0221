#pragma once

#include <vector>

#include "common/cores.h"
#include "model/encoder_stem.h"
#include "model/weights.h"

namespace amanuensis {

/** The encoder of one window: its working memory. Belongs to one thread, which brings its team. */
class Encoder {
 public:
  Encoder(const EncoderWeights &weights, const Dimensions &dimensions, const Kernels &kernels);

  /**
   * mel: [num_mel_bins][2 x max_source_positions], of which the first 2 x positions frames are looked at, as if the model's
   * window were so long. Returns [positions][d_model], valid until the next run.
   */
  const float *run(Team &team, const float *mel, int64_t positions);

  int64_t bytes() const;

 private:
  /** Working memory of one member of the team. */
  struct Scratch {
    LeftBuffer left, hidden_left;  // [kBlockRows]
    Bytes hidden;                  // [kBlockRows][ffn] of inner
    Bytes scores;                  // of the attention kernel
  };

  void make_scratch(int members);
  void attend(Team &team);
  void project(const SelfAttentionWeights &weights, int64_t first, int64_t rows, Scratch &scratch);
  void finish_layer(const EncoderLayerWeights &layer, int64_t first, int64_t rows, Scratch &scratch);
  template <typename Body>
  void each_block(Team &team, int64_t rows, const Body &body);

  const EncoderWeights &weights_;
  const Kernels &kernels_;
  const Arithmetic &arithmetic_;  // of the layers
  const EncoderAttention &attention_;
  int64_t most_positions_, width_, ffn_, heads_, head_width_;
  int64_t positions_ = 0;  // of the window at work
  EncoderStem stem_;
  Buffer x_;                           // [positions][width]
  Bytes qkv_;                          // [positions][3 x width] of inner
  Bytes attended_;                     // [positions][width] of inner
  Bytes packed_keys_, packed_values_;  // [heads]
  std::vector<Scratch> scratch_;       // by member
};

}  // namespace amanuensis
