#pragma once

#include <vector>

#include "audio/mel_filters.h"
#include "cpu/kernels.h"

namespace amanuensis {

/**
 * What the speech detector is shown of a frame of 20 ms: the logarithms of the energies of some bands, evenly spaced on the mel
 * scale over the telephone's range, so that sound of 8 kHz and of 16 kHz looks alike. As operators/vad/bands.py.
 */
class SpeechBands {
 public:
  explicit SpeechBands(int bands);
  SpeechBands(const SpeechBands &) = delete;
  SpeechBands &operator=(const SpeechBands &) = delete;

  /** samples: 16 frames, of 16 bits. out: [kLockstepFrames][bands], of about unit size. scratch: as long as out. */
  void compute(const Kernels &kernels, const float *samples, float *scratch, float *out) const;

 private:
  std::vector<float> window_, root_cos_, root_sin_;
  std::vector<MelFilter> filters_;
  std::vector<int> filter_begin_, filter_end_;
  std::vector<const float *> filter_weights_;
  BandTables tables_;
};

}  // namespace amanuensis
