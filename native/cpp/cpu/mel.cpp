#include "cpu/lockstep.h"
#include "cpu/table.h"

namespace amanuensis::AMANUENSIS_ISA {
namespace {

/** Of a transform of all samples of a frame: half the frame's size. */
constexpr int kSize = kMelFftSize / 2;

/** 200 = 5 x 5 x 4 x 2. The result is in `a`; `b` is working memory. */
void transform(const Roots &roots, Complex *a, Complex *b) {
  step<5, transform_5>(roots, 40, 1, a, b);
  step<5, transform_5>(roots, 8, 5, b, a);
  step<4, transform_4>(roots, 2, 25, a, b);
  step<2, transform_2>(roots, 1, 100, b, a);
}

void load_windowed(const MelTables &t, const float *signal, Complex *out) {
  for (int n = 0; n < kSize; ++n) {
    for (int f = 0; f < kLockstepFrames; ++f) {
      const float *frame = signal + f * kMelHop;
      out[n].re[f] = frame[2 * n] * t.window[2 * n];
      out[n].im[f] = frame[2 * n + 1] * t.window[2 * n + 1];
    }
  }
}

/** log10(x) for normal x > 0. */
inline __attribute__((always_inline)) void log10_of(Lanes &x) {
  constexpr float kLog10Of2 = 0.30102999566398120f, kLog10OfE = 0.43429448190325183f;
  LogarithmParts parts;
  logarithm_parts(x, parts);
  x = parts.exponent * kLog10Of2 + parts.half_of_mantissas * (2.0f * kLog10OfE);
}

}  // namespace

void log_mel_frames(const MelTables &t, const float *signal, float *out) {
  Complex a[kSize], b[kSize];
  load_windowed(t, signal, a);
  transform(t.roots, a, b);
  Lanes *power = &b[0].re;
  power_spectrum<kSize>(t.roots, a, power);
  for (int bin = 0; bin < t.bins; ++bin) {
    Lanes energy = {};
    for (int line = t.filter_begin[bin]; line < t.filter_end[bin]; ++line) {
      energy += power[line] * t.filter[bin][line - t.filter_begin[bin]];
    }
    energy = energy > 1e-10f ? energy : Lanes{} + 1e-10f;
    log10_of(energy);
    __builtin_memcpy(out + bin * kLockstepFrames, &energy, sizeof energy);
  }
}

}  // namespace amanuensis::AMANUENSIS_ISA
