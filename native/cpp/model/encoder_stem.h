#pragma once

#include <vector>

#include "common/cores.h"
#include "model/weights.h"

namespace amanuensis {

/** What an encoder does before its layers: two convolutions, and the positions' embeddings. Belongs to one thread. */
class EncoderStem {
 public:
  EncoderStem(const EncoderWeights &weights, const Dimensions &dimensions);

  /** mel: as of Encoder::run. out: [positions][d_model] */
  void run(Team &team, const float *mel, int64_t positions, float *out);

  int64_t bytes() const;

 private:
  const EncoderWeights &weights_;
  const Arithmetic &arithmetic_;
  int64_t bins_, most_positions_, width_;
  Bytes mel_rows_;              // [1 + frames + 1][bins] of the convolutions' left type, zero at both ends
  Bytes conv_rows_;             // [1 + frames + 1][width] of the same type, zero at both ends
  std::vector<Buffer> turned_;  // by member: [frames turned together][bins]
};

}  // namespace amanuensis
