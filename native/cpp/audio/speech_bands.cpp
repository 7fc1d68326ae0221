#include "audio/speech_bands.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "common/sound.h"

namespace amanuensis {
namespace {

constexpr double kLowestHz = 100, kHighestHz = 3800;

/** Against about 0.25 for a sine of full scale: what lies far below it is silence. */
constexpr float kFloor = 1e-8f;

/** Bring the logarithms to about unit size. */
constexpr float kOffset = 18, kScale = 0.2f;

double edge_hz(int edge, int bands) {
  const double low = std::log10(1 + kLowestHz / 700), high = std::log10(1 + kHighestHz / 700);
  return 700 * (std::pow(10, low + edge * (high - low) / (bands + 1)) - 1);
}

/** Between the centres of the neighbours; the weights add up to 1. */
MelFilter triangle(int band, int bands) {
  const double low = edge_hz(band, bands), centre = edge_hz(band + 1, bands), high = edge_hz(band + 2, bands);
  const double line_hz = static_cast<double>(kSampleRate) / kBandFftSize;
  const int begin = static_cast<int>(std::floor(low / line_hz)) + 1;
  const int end = static_cast<int>(std::ceil(high / line_hz));
  std::vector<double> heights;
  double sum = 0;
  for (int line = begin; line < end; ++line) {
    const double hz = line * line_hz;
    heights.push_back(std::min((hz - low) / (centre - low), (high - hz) / (high - centre)));
    sum += heights.back();
  }
  MelFilter filter = {begin, {}};
  for (const double height : heights) {
    filter.weights.push_back(static_cast<float>(height / sum));
  }
  return filter;
}

}  // namespace

SpeechBands::SpeechBands(int bands) {
  for (int i = 0; i < kBandFrame; ++i) {
    const double hann = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (i + 0.5) / kBandFrame);
    window_.push_back(static_cast<float>(hann / (kBandFrame / 2.0) / 32768));
  }
  for (int k = 0; k < kBandFftSize; ++k) {
    const double angle = 2 * std::numbers::pi * k / kBandFftSize;
    root_cos_.push_back(static_cast<float>(std::cos(angle)));
    root_sin_.push_back(static_cast<float>(std::sin(angle)));
  }
  for (int band = 0; band < bands; ++band) {
    filters_.push_back(triangle(band, bands));
  }
  for (const MelFilter &filter : filters_) {
    filter_begin_.push_back(filter.begin);
    filter_end_.push_back(filter.begin + static_cast<int>(filter.weights.size()));
    filter_weights_.push_back(filter.weights.data());
  }
  tables_ = {window_.data(),       {kBandFftSize, root_cos_.data(), root_sin_.data()}, bands,
             filter_begin_.data(), filter_end_.data(),                                 filter_weights_.data(),
             kFloor};
}

void SpeechBands::compute(const Kernels &kernels, const float *samples, float *scratch, float *out) const {
  kernels.band_energies(tables_, samples, scratch);
  for (int frame = 0; frame < kLockstepFrames; ++frame) {
    for (int band = 0; band < tables_.bands; ++band) {
      out[frame * tables_.bands + band] = (scratch[band * kLockstepFrames + frame] + kOffset) * kScale;
    }
  }
}

}  // namespace amanuensis
