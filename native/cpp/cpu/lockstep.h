#pragma once

#include "cpu/kernels.h"

/*
 * Transforms of 16 frames in lockstep, one per lane, so that no sum crosses lanes: with contraction off (see CMakeLists.txt)
 * every instruction set computes the same bits. Everything here is inlined and has internal linkage.
 */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

typedef float Lanes __attribute__((vector_size(kLockstepFrames * sizeof(float))));
typedef int32_t LaneBits __attribute__((vector_size(kLockstepFrames * sizeof(int32_t))));

/** A complex number of every frame. */
struct Complex {
  Lanes re, im;
};

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

/** a times exp(-2 pi i k / roots.count). */
inline __attribute__((always_inline)) Complex turned(const Complex &a, const Roots &roots, int k) {
  const float c = roots.cos[k], s = roots.sin[k];
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
inline __attribute__((always_inline)) void step(const Roots &roots, int rest, int stride, const Complex *from,
                                                Complex *to) {
  const int turn = roots.count / (kRadix * rest);  // of the roots, from one p x r to the next
  for (int p = 0; p < rest; ++p) {
    for (int q = 0; q < stride; ++q) {
      Complex in[kRadix], out[kRadix];
      for (int r = 0; r < kRadix; ++r) {
        in[r] = from[q + stride * (p + rest * r)];
      }
      kTransform(in, out);
      for (int r = 0; r < kRadix; ++r) {
        to[q + stride * (kRadix * p + r)] = turned(out[r], roots, p * r * turn);
      }
    }
  }
}

/**
 * Frames are real: even samples became real parts and odd ones imaginary parts of a transform of half the size. Separates their
 * spectra and joins them to that of the frame: [kHalf + 1] power.
 */
template <int kHalf>
inline __attribute__((always_inline)) void power_spectrum(const Roots &roots, const Complex *half, Lanes *power) {
  for (int k = 0; k <= kHalf; ++k) {
    const Complex z = half[k % kHalf], mirrored = half[(kHalf - k) % kHalf];
    const Complex conjugate = {mirrored.re, -mirrored.im};
    const Complex even = (z + conjugate) * 0.5f;
    const Complex odd = times_minus_i((z - conjugate) * 0.5f);
    const Complex line = even + turned(odd, roots, k);
    power[k] = line.re * line.re + line.im * line.im;
  }
}

/** ln(x) = exponent x ln 2 + ln(mantissa) for normal x > 0; the mantissa is in [sqrt(1/2), sqrt(2)). */
struct LogarithmParts {
  Lanes exponent, half_of_mantissas;  // ln(mantissa) is twice the latter
};

inline __attribute__((always_inline)) void logarithm_parts(const Lanes &x, LogarithmParts &out) {
  constexpr float kSqrt2 = 1.41421356237309505f;
  const LaneBits bits = __builtin_bit_cast(LaneBits, x);
  LaneBits exponent = (bits >> 23) - 127;
  const LaneBits mantissa_bits = (bits & 0x007fffff) | 0x3f800000;
  Lanes m = __builtin_bit_cast(Lanes, mantissa_bits);
  const LaneBits high = m > kSqrt2;  // all ones where true, that is -1
  m = high ? m * 0.5f : m;
  exponent = exponent - high;
  const Lanes s = (m - 1.0f) / (m + 1.0f);  // ln m = 2 artanh(s)
  const Lanes z = s * s;
  const Lanes series = 1.0f + z * (1.0f / 3 + z * (1.0f / 5 + z * (1.0f / 7 + z * (1.0f / 9))));
  out.exponent = __builtin_convertvector(exponent, Lanes);
  out.half_of_mantissas = s * series;
}

}  // namespace
}  // namespace amanuensis::AMANUENSIS_ISA
