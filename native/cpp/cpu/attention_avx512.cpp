#include "cpu/tile_avx512.h"

/*
 * Fused attention of an encoder's head in bfloat16. Six rows of queries at a time: their scores over all keys stay in the
 * first-level cache, become weights e^(score - largest) of bfloat16, and mix the values; the division by the weights' sum
 * comes last.
 */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

constexpr int64_t kGroup = 2;

int64_t rounded_up(int64_t value, int64_t step) {
  return (value + step - 1) / step * step;
}

/** Keys: panels of 64 positions. Values: panels of 64 columns, positions filled up with zeros to whole panels of keys. */
int64_t packed_bytes(int64_t positions, int64_t head_width) {
  const int64_t padded = rounded_up(positions, kNativePanel);
  const int64_t keys = padded * rounded_up(head_width, kGroup), values = padded * rounded_up(head_width, kNativePanel);
  return (keys > values ? keys : values) * static_cast<int64_t>(sizeof(uint16_t));
}

/** Scores in float32 and weights in bfloat16 of a tile's rows. */
int64_t scratch_bytes(int64_t positions, int64_t) {
  return kTileRows * rounded_up(positions, kNativePanel) * static_cast<int64_t>(sizeof(float) + sizeof(uint16_t));
}

void pack_keys(const uint16_t *keys, int64_t stride, int64_t positions, int64_t head_width, uint16_t *to) {
  const int64_t groups = (head_width + 1) / kGroup;
  for (int64_t first = 0; first < positions; first += kTileLanes) {
    const int64_t count = positions - first < kTileLanes ? positions - first : kTileLanes;
    uint16_t *panel = to + first / kNativePanel * kNativePanel * groups * kGroup + first % kNativePanel * kGroup;
    for (int64_t g = 0; g < groups; ++g) {
      alignas(64) uint16_t line[kTileLanes * kGroup] = {};
      for (int64_t i = 0; i < count; ++i) {
        const uint16_t *key = keys + (first + i) * stride + g * kGroup;
        line[i * kGroup] = key[0];
        line[i * kGroup + 1] = g * kGroup + 1 < head_width ? key[1] : static_cast<uint16_t>(0);
      }
      __builtin_memcpy(panel + g * kNativePanel * kGroup, line, sizeof line);
    }
  }
}

void pack_values(const uint16_t *values, int64_t stride, int64_t positions, int64_t head_width, uint16_t *to) {
  const int64_t padded = rounded_up(positions, kNativePanel);
  for (int64_t column = 0; column < head_width; column += kTileLanes) {
    const __mmask16 lanes = first_lanes(head_width - column);
    uint16_t *panel = to + column / kNativePanel * kNativePanel * padded + column % kNativePanel * kGroup;
    for (int64_t position = 0; position < padded; position += kGroup) {
      const auto load = [&](int64_t at) {
        return _mm512_cvtepu16_epi32(
            _mm256_maskz_loadu_epi16(at < positions ? lanes : static_cast<__mmask16>(0), values + at * stride + column));
      };
      const __m512i pairs = _mm512_or_si512(load(position), _mm512_slli_epi32(load(position + 1), 16));
      _mm512_storeu_si512(panel + position * kNativePanel, pairs);
    }
  }
}

void pack(const void *keys, const void *values, int64_t stride, int64_t positions, int64_t head_width,
          void *packed_keys, void *packed_values) {
  pack_keys(static_cast<const uint16_t *>(keys), stride, positions, head_width, static_cast<uint16_t *>(packed_keys));
  pack_values(static_cast<const uint16_t *>(values), stride, positions, head_width,
              static_cast<uint16_t *>(packed_values));
}

struct Rows {
  const HeadRows &call;

  template <int kRows>
  AMANUENSIS_INLINE void run(int64_t row) const {
    const int64_t padded = rounded_up(call.positions, kNativePanel), groups = (call.head_width + 1) / kGroup;
    auto *scores = static_cast<float *>(call.scratch);
    auto *weights = reinterpret_cast<uint16_t *>(scores + kTileRows * padded);
    float largest[kRows];
    score<kRows>(row, groups, padded, scores, largest);
    float shares[kRows];
    weigh<kRows>(padded, scores, largest, weights, shares);
    for (int64_t column = 0; column < call.head_width; column += kNativePanel) {
      __m512 sums[kRows][4];
      tile_of_bfloat16<kRows>({weights, padded * static_cast<int64_t>(sizeof(uint16_t)),
                               static_cast<const uint16_t *>(call.values) + column * padded, padded / kGroup, kZeros},
                              sums);
#pragma GCC unroll 6
      for (int r = 0; r < kRows; ++r) {
        uint16_t *out = static_cast<uint16_t *>(call.out) + (row + r) * call.out_stride + column;
        const __m512 share = _mm512_set1_ps(shares[r]);
#pragma GCC unroll 4
        for (int v = 0; v < 4; ++v) {
          store_inner(out + v * kTileLanes, _mm512_mul_ps(sums[r][v], share),
                      first_lanes(call.head_width - column - v * kTileLanes));
        }
      }
    }
  }

  /** Scores over all keys; positions beyond the last get the lowest number. */
  template <int kRows>
  AMANUENSIS_INLINE void score(int64_t row, int64_t groups, int64_t padded, float *scores,
                               float (&largest)[kRows]) const {
    const __m512 lowest = _mm512_set1_ps(-3.0e38f);
    __m512 most[kRows];
#pragma GCC unroll 6
    for (int r = 0; r < kRows; ++r) {
      most[r] = lowest;
    }
    const uint16_t *queries = static_cast<const uint16_t *>(call.queries) + row * call.query_stride;
    for (int64_t key = 0; key < padded; key += kNativePanel) {
      __m512 sums[kRows][4];
      tile_of_bfloat16<kRows>({queries, call.query_stride * static_cast<int64_t>(sizeof(uint16_t)),
                               static_cast<const uint16_t *>(call.keys) + key * groups * kGroup, groups, kZeros},
                              sums);
      if (key + kNativePanel > call.positions) {
#pragma GCC unroll 6
        for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
          for (int v = 0; v < 4; ++v) {
            sums[r][v] =
                _mm512_mask_mov_ps(lowest, first_lanes(call.positions - key - v * kTileLanes), sums[r][v]);
          }
        }
      }
#pragma GCC unroll 6
      for (int r = 0; r < kRows; ++r) {
        float *to = scores + r * padded + key;
        _mm512_store_ps(to, sums[r][0]);
        _mm512_store_ps(to + 16, sums[r][1]);
        _mm512_store_ps(to + 32, sums[r][2]);
        _mm512_store_ps(to + 48, sums[r][3]);
        most[r] = _mm512_max_ps(most[r], _mm512_max_ps(_mm512_max_ps(sums[r][0], sums[r][1]),
                                                       _mm512_max_ps(sums[r][2], sums[r][3])));
      }
    }
#pragma GCC unroll 6
    for (int r = 0; r < kRows; ++r) {
      largest[r] = _mm512_reduce_max_ps(most[r]);
    }
  }

  template <int kRows>
  AMANUENSIS_INLINE void weigh(int64_t padded, const float *scores, const float (&largest)[kRows], uint16_t *weights,
                               float (&shares)[kRows]) const {
    constexpr float kLog2OfE = 1.44269504088896341f;
    const float factor = kLog2OfE / __builtin_sqrtf(static_cast<float>(call.head_width));
    const __m512 scale = _mm512_set1_ps(factor);
    for (int r = 0; r < kRows; ++r) {
      const __m512 shift = _mm512_set1_ps(-largest[r] * factor);
      const float *from = scores + r * padded;
      uint16_t *to = weights + r * padded;
      __m512 even = _mm512_setzero_ps(), odd = _mm512_setzero_ps();
      for (int64_t at = 0; at < padded; at += 2 * kTileLanes) {
        const __m512 a = rough_exp2(_mm512_fmadd_ps(_mm512_load_ps(from + at), scale, shift));
        const __m512 b = rough_exp2(_mm512_fmadd_ps(_mm512_load_ps(from + at + kTileLanes), scale, shift));
        even = _mm512_add_ps(even, a);
        odd = _mm512_add_ps(odd, b);
        _mm512_store_si512(to + at, (__m512i)_mm512_cvtne2ps_pbh(b, a));
      }
      shares[r] = 1.0f / _mm512_reduce_add_ps(_mm512_add_ps(even, odd));
    }
  }
};

void attend(const HeadRows &call) {
  for_tiles(call.rows, Rows{call});
}

}  // namespace

extern const EncoderAttention kAttentionNative;
const EncoderAttention kAttentionNative = {.number = Number::kBfloat16,
                                           .packed_bytes = packed_bytes,
                                           .scratch_bytes = scratch_bytes,
                                           .pack = pack,
                                           .attend = attend};

}  // namespace amanuensis::AMANUENSIS_ISA
