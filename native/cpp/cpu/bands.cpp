#include "cpu/lockstep.h"
#include "cpu/table.h"

namespace amanuensis::AMANUENSIS_ISA {
namespace {

/** Of a transform of all samples of a frame: half the frame's size. */
constexpr int kSize = kBandFftSize / 2;

/** 256 = 4 x 4 x 4 x 4. The result is in `a`; `b` is working memory. */
void transform(const Roots &roots, Complex *a, Complex *b) {
  step<4, transform_4>(roots, 64, 1, a, b);
  step<4, transform_4>(roots, 16, 4, b, a);
  step<4, transform_4>(roots, 4, 16, a, b);
  step<4, transform_4>(roots, 1, 64, b, a);
}

/** Silence stands behind a frame. */
void load_windowed(const BandTables &t, const float *signal, Complex *out) {
  for (int n = 0; n < kBandFrame / 2; ++n) {
    for (int f = 0; f < kLockstepFrames; ++f) {
      const float *frame = signal + f * kBandFrame;
      out[n].re[f] = frame[2 * n] * t.window[2 * n];
      out[n].im[f] = frame[2 * n + 1] * t.window[2 * n + 1];
    }
  }
  for (int n = kBandFrame / 2; n < kSize; ++n) {
    out[n].re = Lanes{};
    out[n].im = Lanes{};
  }
}

}  // namespace

void band_energies(const BandTables &t, const float *signal, float *out) {
  constexpr float kLog2OfE = 1.44269504088896341f;
  Complex a[kSize], b[kSize];
  load_windowed(t, signal, a);
  transform(t.roots, a, b);
  Lanes *power = &b[0].re;
  power_spectrum<kSize>(t.roots, a, power);
  for (int band = 0; band < t.bands; ++band) {
    Lanes energy = Lanes{} + t.floor;
    for (int line = t.filter_begin[band]; line < t.filter_end[band]; ++line) {
      energy += power[line] * t.filter[band][line - t.filter_begin[band]];
    }
    LogarithmParts parts;
    logarithm_parts(energy, parts);
    const Lanes log2 = parts.exponent + parts.half_of_mantissas * (2.0f * kLog2OfE);
    __builtin_memcpy(out + band * kLockstepFrames, &log2, sizeof log2);
  }
}

}  // namespace amanuensis::AMANUENSIS_ISA
