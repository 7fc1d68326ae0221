#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "audio/mel_filters.h"
#include "cpu/kernels.h"

namespace amanuensis {

/** Whisper's log-mel spectrogram of a window. Immutable; each thread brings its own working memory. */
class LogMel {
 public:
  /** window_samples: a multiple of the hop of 160, at least 400. */
  LogMel(int bins, int64_t window_samples, const Kernels &kernels);
  LogMel(const LogMel &) = delete;
  LogMel &operator=(const LogMel &) = delete;

  int64_t frames() const { return window_samples_ / kMelHop; }

  /**
   * samples: 1 to window_samples, padded with zeros to the window. out: [bins][frames].
   * signal: working memory, resized as needed and reusable.
   */
  void compute(std::span<const int16_t> samples, std::vector<float> &signal, float *out) const;

 private:
  void pad(std::span<const int16_t> samples, std::vector<float> &signal) const;

  int bins_;
  int64_t window_samples_;
  const Kernels &kernels_;
  std::vector<float> window_, root_cos_, root_sin_;
  std::vector<MelFilter> filters_;
  std::vector<int> filter_begin_, filter_end_;
  std::vector<const float *> filter_weights_;
  MelTables tables_;
};

}  // namespace amanuensis
