#pragma once

#include <cstddef>
#include <cstdint>

/*
 * The one header of everything that is computed per instruction set. Kernels take plain pointers, allocate nothing and
 * cannot fail. The sources behind it include nothing but this header and vector.h: an inline function of the standard
 * library, compiled here for AVX-512, could be the copy that the linker keeps for everybody.
 */
namespace amanuensis {

/** Frames that the log-mel kernel computes in lockstep. */
constexpr int kMelFrames = 16;
constexpr int kMelFftSize = 400;
constexpr int kMelHop = 160;
constexpr int kMelSpectrum = kMelFftSize / 2 + 1;

/** Tables of the log-mel kernel; owned by audio/log_mel. */
struct MelTables {
  const float *window;        // [400]
  const float *root_cos;      // [400] cos(2 pi k / 400)
  const float *root_sin;      // [400] sin(2 pi k / 400)
  int bins;                   // mel bins
  const int *filter_begin;    // [bins] first spectral line of a filter
  const int *filter_end;      // [bins] one past its last
  const float *const *filter; // [bins] weights of the lines from filter_begin on
};

struct Kernels {
  const char *name;

  /**
   * log10(max(mel energy, 1e-10)) of 16 frames that begin kMelHop samples apart.
   * signal: [15 * 160 + 400]; out: [bins][16].
   */
  void (*log_mel_frames)(const MelTables &tables, const float *signal, float *out);
};

}  // namespace amanuensis
