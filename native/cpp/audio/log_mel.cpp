#include "audio/log_mel.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "common/sound.h"

namespace amanuensis {
namespace {

constexpr int64_t kReflected = kMelFftSize / 2;

int64_t rounded_up(int64_t value, int64_t step) {
  return (value + step - 1) / step * step;
}

}  // namespace

LogMel::LogMel(int bins, int64_t window_samples, const Kernels &kernels)
    : bins_(bins),
      window_samples_(window_samples),
      kernels_(kernels),
      filters_(mel_filters(bins, kMelSpectrum, static_cast<double>(kSampleRate))) {
  for (int k = 0; k < kMelFftSize; ++k) {
    const double angle = 2 * std::numbers::pi * k / kMelFftSize;
    root_cos_.push_back(static_cast<float>(std::cos(angle)));
    root_sin_.push_back(static_cast<float>(std::sin(angle)));
    window_.push_back(static_cast<float>(0.5 - 0.5 * std::cos(angle)));  // Hann, periodic
  }
  for (const MelFilter &filter : filters_) {
    filter_begin_.push_back(filter.begin);
    filter_end_.push_back(filter.begin + static_cast<int>(filter.weights.size()));
    filter_weights_.push_back(filter.weights.data());
  }
  tables_ = {window_.data(),       {kMelFftSize, root_cos_.data(), root_sin_.data()}, bins_,
             filter_begin_.data(), filter_end_.data(),                                filter_weights_.data()};
}

/** The window as floats with its ends reflected, and zeros so that the last group of frames is whole. */
void LogMel::pad(std::span<const int16_t> samples, std::vector<float> &signal) const {
  const int64_t last_group = rounded_up(frames(), kLockstepFrames) * kMelHop;
  signal.assign(static_cast<size_t>(std::max(window_samples_, last_group) + 2 * kReflected), 0.0f);
  float *window = signal.data() + kReflected;
  for (size_t i = 0; i < samples.size(); ++i) {
    window[i] = static_cast<float>(samples[i]) / 32768.0f;
  }
  for (int64_t i = 1; i <= kReflected; ++i) {
    window[-i] = window[i];
    window[window_samples_ - 1 + i] = window[window_samples_ - 1 - i];
  }
}

void LogMel::compute(std::span<const int16_t> samples, std::vector<float> &signal, float *out) const {
  pad(samples, signal);
  std::vector<float> group(static_cast<size_t>(bins_) * kLockstepFrames);
  float highest = -10.0f;  // log10 of the kernel's floor
  for (int64_t first = 0; first < frames(); first += kLockstepFrames) {
    kernels_.log_mel_frames(tables_, signal.data() + first * kMelHop, group.data());
    const int64_t count = std::min<int64_t>(kLockstepFrames, frames() - first);
    for (int64_t bin = 0; bin < bins_; ++bin) {
      const float *from = group.data() + bin * kLockstepFrames;
      std::copy(from, from + count, out + bin * frames() + first);
      highest = std::max(highest, *std::max_element(from, from + count));
    }
  }
  const float floor = highest - 8.0f;  // 80 dB below the loudest
  std::transform(out, out + bins_ * frames(), out, [=](float x) { return (std::max(x, floor) + 4.0f) / 4.0f; });
}

}  // namespace amanuensis
