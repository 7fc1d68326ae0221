#include "audio/filter_bank.h"

#include <algorithm>

namespace amanuensis {
namespace {

int64_t divided_up(int64_t value, int64_t divisor) {
  return (value + divisor - 1) / divisor;
}

}  // namespace

FilterBank::FilterBank(std::span<const float> weights, int phases, const Kernels &kernels)
    : kernels_(kernels),
      weights_(weights.begin(), weights.end()),
      phases_(phases),
      taps_(static_cast<int64_t>(weights.size()) / phases) {}

/** The outputs of a phase lie a sample apart: they are computed together, and put between those of the other phases. */
void FilterBank::run(std::span<const float> samples, int64_t first_phase, std::span<int16_t> out) const {
  const auto count = static_cast<int64_t>(out.size());
  const int64_t most = divided_up(divided_up(count, phases_), kFilterBlock) * kFilterBlock;
  std::vector<float> padded(static_cast<size_t>(most + taps_ + 1));
  std::copy(samples.begin(), samples.begin() + reach(first_phase, count), padded.begin());
  std::vector<int16_t> rounded(static_cast<size_t>(most));
  for (int64_t first = 0; first < std::min<int64_t>(phases_, count); ++first) {
    const int64_t phase = (first_phase + first) % phases_;
    const int64_t outputs = divided_up(count - first, phases_);
    kernels_.filter(padded.data() + (first_phase + first) / phases_, weights_.data() + phase * taps_, taps_, outputs,
                    rounded.data());
    for (int64_t i = 0; i < outputs; ++i) {
      out[static_cast<size_t>(first + i * phases_)] = rounded[static_cast<size_t>(i)];
    }
  }
}

}  // namespace amanuensis
