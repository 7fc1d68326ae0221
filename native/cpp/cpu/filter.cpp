#include "cpu/table.h"

/* An output a lane, so that no sum crosses lanes: with contraction off every instruction set computes the same bits. */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

typedef float Lanes __attribute__((vector_size(AMANUENSIS_VECTOR_BYTES)));
typedef int32_t LaneBits __attribute__((vector_size(AMANUENSIS_VECTOR_BYTES)));
constexpr int kLanes = AMANUENSIS_VECTOR_BYTES / static_cast<int>(sizeof(float));

/** Sums under way at once hide the latency of an addition, as far as there are registers for them. */
constexpr int kVectors = AMANUENSIS_VECTOR_BYTES == 64 ? 8 : 4;
static_assert(kFilterBlock % (kVectors * kLanes) == 0);

/** Four taps that lie so far apart are added one after the other, then those next to them. */
constexpr int kApart = 16, kGroup = 4 * kApart;

inline __attribute__((always_inline)) void add_tap(const float *samples, float weight, Lanes *sums) {
  for (int v = 0; v < kVectors; ++v) {
    Lanes lanes;
    __builtin_memcpy(&lanes, samples + v * kLanes, sizeof lanes);
    sums[v] += weight * lanes;
  }
}

/** To nearest, halves up, and clipped to 16 bits; what is not a number becomes the least. */
inline __attribute__((always_inline)) LaneBits rounded(Lanes x) {
  constexpr float kLeast = -32768, kMost = 32767;
  constexpr float kNoFractions = 12582912;  // 1.5 x 2^23: sums with it are whole numbers
  const Lanes least = Lanes{} + kLeast, most = Lanes{} + kMost;
  x = x > least ? x : least;
  x = x < most ? x : most;
  Lanes whole = (x + kNoFractions) - kNoFractions;  // halves to even
  whole = x - whole == 0.5f ? whole + 1.0f : whole;
  return __builtin_convertvector(whole, LaneBits);
}

}  // namespace

void filter(const float *samples, const float *weights, int64_t taps, int64_t count, int16_t *out) {
  for (int64_t first = 0; first < count; first += kVectors * kLanes) {
    Lanes sums[kVectors] = {};
    for (int64_t group = 0; group < taps; group += kGroup) {
      for (int64_t next = group; next < group + kApart; ++next) {
        for (int64_t tap = next; tap < group + kGroup && tap < taps; tap += kApart) {
          add_tap(samples + first + tap, weights[tap], sums);
        }
      }
    }
    for (int v = 0; v < kVectors; ++v) {
      const LaneBits numbers = rounded(sums[v]);
      for (int lane = 0; lane < kLanes; ++lane) {
        out[first + v * kLanes + lane] = static_cast<int16_t>(numbers[lane]);
      }
    }
  }
}

}  // namespace amanuensis::AMANUENSIS_ISA
