#include "cpu/table.h"
#include "cpu/vector.h"

/*
 * Products of block floating point numbers, as the matrix units of XDNA2 form them. The numbers are kept as the floats that
 * they are. A product of two has 14 bits and eight of one exponent add up to 17: float32 holds the sum of a block exactly,
 * whatever the order and the fused operations; only the sums over blocks round.
 */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

constexpr int kTileRows = 3;  // sums and block sums of 3 rows and a panel fill the registers

/** Of a panel's depth that stays in the first-level cache while the rows pass. */
constexpr int64_t kDepthBlock = 128;

constexpr int kExponentBias = 127, kMantissaBits = 6;

/** Below it a step is no normal float; such blocks are zero here. */
constexpr int32_t kLeastExponent = kMantissaBits + 1;

constexpr float kRound = 12582912.0f;  // 1.5 x 2^23: adding it rounds to the nearest integer, ties to even

AMANUENSIS_INLINE VectorBits exponents_of(Vector v) {
  return (__builtin_bit_cast(VectorBits, v) >> 23) & 0xff;
}

/** v in steps of 2^(exponent - 127 - 6), which is lane by lane the block's. */
AMANUENSIS_INLINE Vector rounded(Vector v, VectorBits exponent, bool floor) {
  const VectorBits tiny = exponent < kLeastExponent, infinite = exponent == 0xff;
  const Vector step = __builtin_bit_cast(Vector, (exponent - kMantissaBits) << 23);
  const Vector steps = __builtin_bit_cast(Vector, (2 * kExponentBias + kMantissaBits - exponent) << 23);
  const Vector exact = v * steps;
  Vector m = (exact + kRound) - kRound;
  if (floor) {
    m = m > exact ? m - 1.0f : m;
  }
  m = m > 127.0f ? all(127.0f) : m;
  const Vector result = m * step;
  return infinite ? all(__builtin_nanf("")) : tiny ? Vector{} : result;
}

/** Eight rows of one vector's width: lane by lane a block along the depth. */
AMANUENSIS_INLINE void round_block(const Vector (&in)[kBlockFloat], bool floor, float *out, int64_t out_stride) {
  VectorBits exponent = exponents_of(in[0]);
#pragma GCC unroll 8
  for (int i = 1; i < kBlockFloat; ++i) {
    const VectorBits other = exponents_of(in[i]);
    exponent = other > exponent ? other : exponent;
  }
#pragma GCC unroll 8
  for (int i = 0; i < kBlockFloat; ++i) {
    store(out + i * out_stride, rounded(in[i], exponent, floor));
  }
}

template <int kRows>
AMANUENSIS_INLINE void accumulate(const float *left, int64_t left_stride, const float *panel, int64_t depth, float *out,
                                  int64_t out_stride) {
  Vector sums[kRows][kTileVectors];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kTileVectors; ++v) {
      sums[r][v] = load(out + r * out_stride + v * kLanes);
    }
  }
  for (int64_t block = 0; block < depth; block += kBlockFloat) {
    Vector parts[kRows][kTileVectors];
#pragma GCC unroll 8
    for (int k = 0; k < kBlockFloat; ++k, panel += kPanelColumns) {
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        const Vector number = all(left[r * left_stride + block + k]);
#pragma GCC unroll 8
        for (int v = 0; v < kTileVectors; ++v) {
          const Vector product = number * load(panel + v * kLanes);
          parts[r][v] = k == 0 ? product : parts[r][v] + product;
        }
      }
    }
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (int v = 0; v < kTileVectors; ++v) {
        sums[r][v] += parts[r][v];
      }
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kTileVectors; ++v) {
      store(out + r * out_stride + v * kLanes, sums[r][v]);
    }
  }
}

void round_rows(const float *in, int64_t count, bool floor, float *out) {
  for (int64_t first = 0; first < count; first += kBlockFloat) {
    int32_t exponent = 0;
    for (int i = 0; i < kBlockFloat; ++i) {
      const int32_t other = (__builtin_bit_cast(int32_t, in[first + i]) >> 23) & 0xff;
      exponent = other > exponent ? other : exponent;
    }
    constexpr int kStep = kLanes < kBlockFloat ? kLanes : kBlockFloat;
    for (int i = 0; i < kBlockFloat; i += kStep) {
      const Vector v = load_part(in + first + i, kStep, 0.0f);
      store_part(out + first + i, rounded(v, exponent - VectorBits{}, floor), kStep);
    }
  }
}

void round_panel(const float *in, int64_t in_stride, int64_t depth, bool floor, float *out) {
  for (int64_t first = 0; first < depth; first += kBlockFloat) {
    for (int v = 0; v < kTileVectors; ++v) {
      Vector block[kBlockFloat];
      for (int i = 0; i < kBlockFloat; ++i) {
        block[i] = load(in + (first + i) * in_stride + v * kLanes);
      }
      round_block(block, floor, out + first * kPanelColumns + v * kLanes, kPanelColumns);
    }
  }
}

void multiply_panel(const float *left, int64_t left_stride, int64_t rows, int64_t depth, const float *panel, float *out,
                    int64_t out_stride) {
  for (int64_t first = 0; first < depth; first += kDepthBlock, panel += kDepthBlock * kPanelColumns) {
    const int64_t part = depth - first < kDepthBlock ? depth - first : kDepthBlock;
    int64_t row = 0;
    for (; row + kTileRows <= rows; row += kTileRows) {
      accumulate<kTileRows>(left + row * left_stride + first, left_stride, panel, part, out + row * out_stride,
                            out_stride);
    }
    for (; row < rows; ++row) {
      accumulate<1>(left + row * left_stride + first, left_stride, panel, part, out + row * out_stride, out_stride);
    }
  }
}

void bfloat16_of(const float *in, int64_t count, uint16_t *out) {
  for (int64_t i = 0; i < count; ++i) {
    const uint32_t bits = __builtin_bit_cast(uint32_t, in[i]);
    const bool number = (bits & 0x7fffffff) <= 0x7f800000;
    const uint32_t nearest = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    out[i] = static_cast<uint16_t>(number ? nearest : (bits >> 16) | 0x40);
  }
}

}  // namespace

const BlockFloatKernels kBlockFloatKernels = {.panel_columns = kPanelColumns,
                                              .round_rows = round_rows,
                                              .round_panel = round_panel,
                                              .multiply_panel = multiply_panel,
                                              .bfloat16_of = bfloat16_of};

}  // namespace amanuensis::AMANUENSIS_ISA
