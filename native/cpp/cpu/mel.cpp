#include "cpu/table.h"

/*
 * 16 frames in lockstep, one per lane, so that no sum crosses lanes: with contraction off (see CMakeLists.txt) every
 * instruction set computes the same bits.
 */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

typedef float Lanes __attribute__((vector_size(kMelFrames * sizeof(float))));
typedef int32_t Bits __attribute__((vector_size(kMelFrames * sizeof(int32_t))));

/** A complex number of every frame. */
struct Complex {
  Lanes re, im;
};

/** Frames are real: even samples become real parts and odd ones imaginary parts of a transform of half the size. */
constexpr int kSize = kMelFftSize / 2;

inline __attribute__((always_inline)) Complex operator+(const Complex &a, const Complex &b) {
  return {a.re + b.re, a.im + b.im};
}
inline __attribute__((always_inline)) Complex operator-(const Complex &a, const Complex &b) {
  return {a.re - b.re, a.im - b.im};
}
inline __attribute__((always_inline)) Complex operator*(const Complex &a, float s) {
  return {a.re * s, a.im * s};
}
inline __attribute__((always_inline)) Complex times_minus_i(const Complex &a) {
  return {a.im, -a.re};
}

/** a times exp(-2 pi i k / 400). */
inline __attribute__((always_inline)) Complex turned(const Complex &a, const MelTables &t, int k) {
  const float c = t.root_cos[k], s = t.root_sin[k];
  return {a.re * c + a.im * s, a.im * c - a.re * s};
}

inline __attribute__((always_inline)) void transform_2(const Complex *in, Complex *out) {
  out[0] = in[0] + in[1];
  out[1] = in[0] - in[1];
}

inline __attribute__((always_inline)) void transform_4(const Complex *in, Complex *out) {
  const Complex sum_02 = in[0] + in[2], difference_02 = in[0] - in[2];
  const Complex sum_13 = in[1] + in[3], turned_13 = times_minus_i(in[1] - in[3]);
  out[0] = sum_02 + sum_13;
  out[1] = difference_02 + turned_13;
  out[2] = sum_02 - sum_13;
  out[3] = difference_02 - turned_13;
}

inline __attribute__((always_inline)) void transform_5(const Complex *in, Complex *out) {
  constexpr float kCos1 = 0.30901699437494742f, kCos2 = -0.80901699437494742f;  // cos(2 pi / 5), cos(4 pi / 5)
  constexpr float kSin1 = 0.95105651629515357f, kSin2 = 0.58778525229247313f;   // sin(2 pi / 5), sin(4 pi / 5)
  const Complex sum_14 = in[1] + in[4], difference_14 = in[1] - in[4];
  const Complex sum_23 = in[2] + in[3], difference_23 = in[2] - in[3];
  const Complex real_1 = in[0] + sum_14 * kCos1 + sum_23 * kCos2;
  const Complex real_2 = in[0] + sum_14 * kCos2 + sum_23 * kCos1;
  const Complex turned_1 = times_minus_i(difference_14 * kSin1 + difference_23 * kSin2);
  const Complex turned_2 = times_minus_i(difference_14 * kSin2 - difference_23 * kSin1);
  out[0] = in[0] + sum_14 + sum_23;
  out[1] = real_1 + turned_1;
  out[2] = real_2 + turned_2;
  out[3] = real_2 - turned_2;
  out[4] = real_1 - turned_1;
}

/**
 * One decimation-in-frequency step of Stockham's self-sorting transform: `stride` interleaved transforms of size
 * kRadix * rest become kRadix * stride interleaved transforms of size rest.
 */
template <int kRadix, void (*kTransform)(const Complex *, Complex *)>
inline __attribute__((always_inline)) void step(const MelTables &t, int rest, int stride, const Complex *from,
                                                Complex *to) {
  for (int p = 0; p < rest; ++p) {
    for (int q = 0; q < stride; ++q) {
      Complex in[kRadix], out[kRadix];
      for (int r = 0; r < kRadix; ++r) {
        in[r] = from[q + stride * (p + rest * r)];
      }
      kTransform(in, out);
      for (int r = 0; r < kRadix; ++r) {
        const int root = p * r * stride * (kMelFftSize / kSize);
        to[q + stride * (kRadix * p + r)] = turned(out[r], t, root);
      }
    }
  }
}

/** 200 = 5 x 5 x 4 x 2. The result is in `a`; `b` is working memory. */
void transform(const MelTables &t, Complex *a, Complex *b) {
  step<5, transform_5>(t, 40, 1, a, b);
  step<5, transform_5>(t, 8, 5, b, a);
  step<4, transform_4>(t, 2, 25, a, b);
  step<2, transform_2>(t, 1, 100, b, a);
}

void load_windowed(const MelTables &t, const float *signal, Complex *out) {
  for (int n = 0; n < kSize; ++n) {
    for (int f = 0; f < kMelFrames; ++f) {
      const float *frame = signal + f * kMelHop;
      out[n].re[f] = frame[2 * n] * t.window[2 * n];
      out[n].im[f] = frame[2 * n + 1] * t.window[2 * n + 1];
    }
  }
}

/** Separates the spectra of even and odd samples and joins them to that of the frame: [201] power. */
void power_spectrum(const MelTables &t, const Complex *half, Lanes *power) {
  for (int k = 0; k <= kSize; ++k) {
    const Complex z = half[k % kSize], mirrored = half[(kSize - k) % kSize];
    const Complex conjugate = {mirrored.re, -mirrored.im};
    const Complex even = (z + conjugate) * 0.5f;
    const Complex odd = times_minus_i((z - conjugate) * 0.5f);
    const Complex line = even + turned(odd, t, k);
    power[k] = line.re * line.re + line.im * line.im;
  }
}

/** log10(x) for normal x > 0: exponent and mantissa in [sqrt(1/2), sqrt(2)), whose logarithm is 2 artanh(s). */
inline __attribute__((always_inline)) void log10_of(Lanes &x) {
  constexpr float kLog10Of2 = 0.30102999566398120f, kLog10OfE = 0.43429448190325183f, kSqrt2 = 1.41421356237309505f;
  const Bits bits = __builtin_bit_cast(Bits, x);
  Bits exponent = (bits >> 23) - 127;
  const Bits mantissa_bits = (bits & 0x007fffff) | 0x3f800000;
  Lanes m = __builtin_bit_cast(Lanes, mantissa_bits);
  const Bits high = m > kSqrt2;  // all ones where true, that is -1
  m = high ? m * 0.5f : m;
  exponent = exponent - high;
  const Lanes s = (m - 1.0f) / (m + 1.0f);
  const Lanes z = s * s;
  const Lanes series = 1.0f + z * (1.0f / 3 + z * (1.0f / 5 + z * (1.0f / 7 + z * (1.0f / 9))));
  x = __builtin_convertvector(exponent, Lanes) * kLog10Of2 + s * series * (2.0f * kLog10OfE);
}

}  // namespace

void log_mel_frames(const MelTables &t, const float *signal, float *out) {
  Complex a[kSize], b[kSize];
  load_windowed(t, signal, a);
  transform(t, a, b);
  Lanes *power = &b[0].re;
  power_spectrum(t, a, power);
  for (int bin = 0; bin < t.bins; ++bin) {
    Lanes energy = {};
    for (int line = t.filter_begin[bin]; line < t.filter_end[bin]; ++line) {
      energy += power[line] * t.filter[bin][line - t.filter_begin[bin]];
    }
    energy = energy > 1e-10f ? energy : Lanes{} + 1e-10f;
    log10_of(energy);
    __builtin_memcpy(out + bin * kMelFrames, &energy, sizeof energy);
  }
}

}  // namespace amanuensis::AMANUENSIS_ISA
