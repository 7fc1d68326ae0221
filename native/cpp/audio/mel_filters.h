#pragma once

#include <vector>

namespace amanuensis {

/** One triangle over the lines of a power spectrum. */
struct MelFilter {
  int begin = 0;  // first line
  std::vector<float> weights;
};

/**
 * `bins` triangles from 0 Hz to half the sample rate on Slaney's mel scale (linear to 1 kHz, logarithmic above), each
 * of area one, over the `lines` lines of a spectrum. Source: librosa.filters.mel, which made openai/whisper's filter
 * file.
 */
std::vector<MelFilter> mel_filters(int bins, int lines, double sample_rate_hz);

}  // namespace amanuensis
