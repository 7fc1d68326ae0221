#include "audio/mel_filters.h"

#include <algorithm>
#include <cmath>

namespace amanuensis {
namespace {

constexpr double kLinearHzPerMel = 200.0 / 3.0;
constexpr double kBreakHz = 1000.0;
constexpr double kBreakMel = kBreakHz / kLinearHzPerMel;
const double kLogStep = std::log(6.4) / 27.0;

double mel_of_hz(double hz) {
  return hz < kBreakHz ? hz / kLinearHzPerMel : kBreakMel + std::log(hz / kBreakHz) / kLogStep;
}

double hz_of_mel(double mel) {
  return mel < kBreakMel ? mel * kLinearHzPerMel : kBreakHz * std::exp(kLogStep * (mel - kBreakMel));
}

MelFilter triangle(double left_hz, double peak_hz, double right_hz, int lines, double hz_per_line) {
  MelFilter filter;
  const double area = 2.0 / (right_hz - left_hz);
  for (int line = 0; line < lines; ++line) {
    const double hz = line * hz_per_line;
    const double height = std::min((hz - left_hz) / (peak_hz - left_hz), (right_hz - hz) / (right_hz - peak_hz));
    if (height > 0) {
      if (filter.weights.empty()) {
        filter.begin = line;
      }
      filter.weights.push_back(static_cast<float>(height * area));
    }
  }
  return filter;
}

}  // namespace

std::vector<MelFilter> mel_filters(int bins, int lines, double sample_rate_hz) {
  const double top_mel = mel_of_hz(sample_rate_hz / 2);
  const auto edge_hz = [&](int edge) { return hz_of_mel(top_mel * edge / (bins + 1)); };
  std::vector<MelFilter> filters;
  for (int bin = 0; bin < bins; ++bin) {
    filters.push_back(
        triangle(edge_hz(bin), edge_hz(bin + 1), edge_hz(bin + 2), lines, sample_rate_hz / 2 / (lines - 1)));
  }
  return filters;
}

}  // namespace amanuensis
