#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "audio/speech_bands.h"
#include "cpu/kernels.h"

namespace amanuensis {

/** The recurrent network of am_detector_open. Immutable; what it remembers of a sound is its caller's. */
class SpeechDetector {
 public:
  /** Throws AM_ERROR_ARGUMENT unless the numbers are a network. */
  SpeechDetector(std::span<const float> numbers, const Kernels &kernels);

  int64_t memory_length() const { return unit_.width; }
  static int64_t frames_of(int64_t samples) { return (samples + kBandFrame - 1) / kBandFrame; }

  /** memory: [memory_length], updated. out: [frames_of(samples)]. */
  void listen(std::span<const int16_t> samples, float *memory, float *out) const;

 private:
  const Kernels &kernels_;
  std::vector<float> numbers_;
  GatedUnit unit_;
  SpeechBands bands_;
};

}  // namespace amanuensis
