#pragma once

#include <cstdint>

/*
 * Arithmetic on one register of the instruction set that this translation unit is compiled for. Everything here is
 * inlined and has internal linkage, so that two instruction sets never share a function.
 */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

constexpr int kLanes = AMANUENSIS_VECTOR_BYTES / sizeof(float);

typedef float Vector __attribute__((vector_size(AMANUENSIS_VECTOR_BYTES)));
typedef int32_t VectorBits __attribute__((vector_size(AMANUENSIS_VECTOR_BYTES)));

#define AMANUENSIS_INLINE inline __attribute__((always_inline))

AMANUENSIS_INLINE Vector load(const float *from) {
  Vector v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

/** Numbers of type bfloat16, widened. */
AMANUENSIS_INLINE Vector load(const uint16_t *from) {
  typedef uint16_t Halves __attribute__((vector_size(AMANUENSIS_VECTOR_BYTES / 2)));
  Halves halves;
  __builtin_memcpy(&halves, from, sizeof halves);
  return __builtin_bit_cast(Vector, __builtin_convertvector(halves, VectorBits) << 16);
}

AMANUENSIS_INLINE void store(float *to, Vector v) {
  __builtin_memcpy(to, &v, sizeof v);
}

AMANUENSIS_INLINE Vector all(float x) {
  return x - Vector{};
}

/** The first `count` lanes from memory, the others `rest`. */
AMANUENSIS_INLINE Vector load_part(const float *from, int64_t count, float rest) {
  Vector v = all(rest);
  for (int i = 0; i < kLanes; ++i) {
    if (i < count) {
      v[i] = from[i];
    }
  }
  return v;
}

AMANUENSIS_INLINE void store_part(float *to, Vector v, int64_t count) {
  for (int i = 0; i < kLanes; ++i) {
    if (i < count) {
      to[i] = v[i];
    }
  }
}

/** As bfloat16: to nearest, ties to even; a NaN stays one. */
AMANUENSIS_INLINE void store_part(uint16_t *to, Vector v, int64_t count) {
  const VectorBits bits = __builtin_bit_cast(VectorBits, v);
  const VectorBits rounded = v == v ? bits + 0x7fff + ((bits >> 16) & 1) : bits | 0x400000;
  typedef uint16_t Halves __attribute__((vector_size(AMANUENSIS_VECTOR_BYTES / 2)));
  const Halves halves = __builtin_convertvector(rounded >> 16, Halves);
  __builtin_memcpy(to, &halves, static_cast<size_t>(count < kLanes ? count : kLanes) * sizeof(uint16_t));
}

AMANUENSIS_INLINE Vector larger(Vector a, Vector b) {
  return a > b ? a : b;
}

/** Pairwise halves: the order of a sum is part of the result. */
AMANUENSIS_INLINE float sum_of(Vector v) {
  for (int half = kLanes / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) {
      v[i] += v[i + half];
    }
  }
  return v[0];
}

AMANUENSIS_INLINE float largest_of(Vector v) {
  float largest = v[0];
  for (int i = 1; i < kLanes; ++i) {
    largest = v[i] > largest ? v[i] : largest;
  }
  return largest;
}

/** e^x for x <= 0 with relative error 1e-7; 0 below -87. x = n ln 2 + r, |r| <= ln 2 / 2, e^r by its series to r^7. */
AMANUENSIS_INLINE Vector exp_of_negative(Vector x) {
  constexpr float kLog2OfE = 1.44269504088896341f;
  constexpr float kLn2High = 0.693359375f,
                  kLn2Low = -2.12194440054690583e-4f;  // their sum is ln 2; the first has 9 bits
  constexpr float kRound = 12582912.0f;                // 1.5 x 2^23: adding it rounds to an integer
  const VectorBits zero = x < -87.0f;
  x = zero ? Vector{} : x;
  const Vector n = (x * kLog2OfE + kRound) - kRound;
  const Vector r = (x - n * kLn2High) - n * kLn2Low;
  Vector series = all(1.0f / 5040);
  series = series * r + 1.0f / 720;
  series = series * r + 1.0f / 120;
  series = series * r + 1.0f / 24;
  series = series * r + 1.0f / 6;
  series = series * r + 0.5f;
  series = series * r + 1.0f;
  series = series * r + 1.0f;
  const VectorBits power = (__builtin_convertvector(n, VectorBits) + 127) << 23;
  const Vector e = series * __builtin_bit_cast(Vector, power);
  return zero ? Vector{} : e;
}

/**
 * x Phi(x), Phi the normal distribution: Whisper's exact GELU. With z = |x|, Phi(-z) = exp(-z^2 / 2) p(1 / (1 + 0.3
 * z)); p is fitted by tools/fit_gelu.py to a relative error of 6e-8.
 */
AMANUENSIS_INLINE Vector gelu_of(Vector x) {
  const Vector z = x < 0.0f ? -x : x;
  const Vector t = 1.0f / (1.0f + 0.3f * z);
  Vector p = all(0.0382710286f);
  p = p * t + -0.168643642f;
  p = p * t + 0.227578184f;
  p = p * t + -0.0752656865f;
  p = p * t + 0.141675777f;
  p = p * t + 0.095051099f;
  p = p * t + 0.121825887f;
  p = p * t + 0.119500997f;
  p = p * t + 6.38311763e-06f;
  const Vector tail = p * exp_of_negative(-0.5f * z * z);
  return x < 0.0f ? x * tail : x - x * tail;
}

}  // namespace
}  // namespace amanuensis::AMANUENSIS_ISA
