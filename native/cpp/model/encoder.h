#pragma once

#include "common/call.h"
#include "model/weights.h"
#include "ops/attention.h"

namespace amanuensis {

/** The encoder's working memory for one window. Belongs to one thread. */
class Encoder {
 public:
  Encoder(const EncoderWeights &weights, const Dimensions &dimensions, const Kernels &kernels);

  /**
   * mel: [num_mel_bins][2 x max_source_positions]. Returns the states [max_source_positions][d_model], valid until the
   * next run. Looks at the call between layers.
   */
  const float *run(const Call &call, const float *mel);

  int64_t bytes() const;

 private:
  void convolve(const float *mel);
  void attend_self(const SelfAttentionWeights &weights);

  const EncoderWeights &weights_;
  const Kernels &kernels_;
  int64_t bins_, frames_, positions_, width_;
  KeyValues key_values_;
  Buffer mel_rows_;   // [1 + frames + 1][bins], the outer rows zero
  Buffer conv_rows_;  // [1 + frames + 1][width], the same
  Buffer x_;          // [positions][width]
  Buffer normed_;     // [positions][width]
  Buffer qkv_;        // [positions][3 x width]
  Buffer hidden_;     // [kMlpRows][ffn]
  Buffer scores_;
};

}  // namespace amanuensis
