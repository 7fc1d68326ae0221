#include "cpu/tile_avx512.h"

/*
 * Fused attention of an encoder's head in bytes. What would cost precision is taken out first and is exact: the mean of
 * the keys, which moves all scores of a query alike, and the mean of the values, which is added again at the end.
 * Queries and keys have a scale a row, values a scale a column; weights e^(score - largest) are steps of 1/255 and are
 * divided by the sum of the exact ones, because thousands of small weights round to nothing but their sum does not.
 */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

constexpr int64_t kGroup = 4;

int64_t rounded_up(int64_t value, int64_t step) {
  return (value + step - 1) / step * step;
}

/** Keys: panels of 64 positions; then of each position its scale, and -128 x the sum of its numbers. */
struct PackedKeys {
  int8_t *numbers;
  float *scales;
  int32_t *offsets;

  PackedKeys(void *memory, int64_t padded, int64_t head_width)
      : numbers(static_cast<int8_t *>(memory)),
        scales(reinterpret_cast<float *>(numbers + padded * rounded_up(head_width, kGroup))),
        offsets(reinterpret_cast<int32_t *>(scales + padded)) {}
};

/** Values: panels of 64 columns; then of each column its scale and its mean. */
struct PackedValues {
  int8_t *numbers;
  float *scales, *means;

  PackedValues(void *memory, int64_t padded, int64_t head_width)
      : numbers(static_cast<int8_t *>(memory)),
        scales(reinterpret_cast<float *>(numbers + padded * rounded_up(head_width, kNativePanel))),
        means(scales + rounded_up(head_width, kNativePanel)) {}
};

int64_t packed_bytes(int64_t positions, int64_t head_width) {
  const int64_t padded = rounded_up(positions, kNativePanel), columns = rounded_up(head_width, kNativePanel);
  const int64_t keys = padded * (rounded_up(head_width, kGroup) + 8), values = (padded + 8) * columns;
  return rounded_up(keys > values ? keys : values, 64);
}

/** Of a tile's rows: scores in float32, weights in bytes, queries in bytes. */
int64_t scratch_bytes(int64_t positions, int64_t head_width) {
  const int64_t padded = rounded_up(positions, kNativePanel);
  return kTileRows * (padded * static_cast<int64_t>(sizeof(float) + 1) + rounded_up(head_width, kNativePanel));
}

/** The mean of 16 columns over all positions. */
__m512 mean_of(const Inner *from, int64_t stride, int64_t positions, __mmask16 lanes) {
  __m512 sum = _mm512_setzero_ps();
  for (int64_t position = 0; position < positions; ++position) {
    sum = _mm512_add_ps(sum, load_inner(from + position * stride, lanes));
  }
  return _mm512_mul_ps(sum, _mm512_set1_ps(1.0f / static_cast<float>(positions)));
}

AMANUENSIS_INLINE __m512 steps_of(__m512 largest) {
  return _mm512_maskz_div_ps(_mm512_cmp_ps_mask(largest, _mm512_setzero_ps(), _CMP_GT_OQ), _mm512_set1_ps(127.0f),
                             largest);
}

void pack_keys(const Inner *keys, int64_t stride, int64_t positions, int64_t head_width, const PackedKeys &to) {
  constexpr int kMostParts = kWidestHead / kTileLanes;
  const int64_t parts = rounded_up(head_width, kTileLanes) / kTileLanes, depth = rounded_up(head_width, kGroup);
  __m512 means[kMostParts];
  for (int64_t part = 0; part < parts; ++part) {
    const __mmask16 lanes = first_lanes(head_width - part * kTileLanes);
    means[part] = mean_of(keys + part * kTileLanes, stride, positions, lanes);
  }
  for (int64_t position = 0; position < positions; ++position) {
    const Inner *key = keys + position * stride;
    __m512 centred[kMostParts], largest = _mm512_setzero_ps();
    for (int64_t part = 0; part < parts; ++part) {
      const __mmask16 lanes = first_lanes(head_width - part * kTileLanes);
      centred[part] = _mm512_maskz_sub_ps(lanes, load_inner(key + part * kTileLanes, lanes), means[part]);
      largest = _mm512_max_ps(largest, _mm512_abs_ps(centred[part]));
    }
    const float size = _mm512_reduce_max_ps(largest);
    const __m512 steps = steps_of(_mm512_set1_ps(size));
    alignas(64) int8_t bytes[kMostParts * kTileLanes];
    __m512i sum = _mm512_setzero_si512();
    for (int64_t part = 0; part < parts; ++part) {
      const __m512i whole = _mm512_cvtps_epi32(_mm512_mul_ps(centred[part], steps));
      sum = _mm512_add_epi32(sum, whole);
      _mm_store_si128(reinterpret_cast<__m128i *>(bytes + part * kTileLanes), _mm512_cvtepi32_epi8(whole));
    }
    int8_t *panel = to.numbers + position / kNativePanel * kNativePanel * depth + position % kNativePanel * kGroup;
    for (int64_t k = 0; k < depth; k += kGroup) {
      __builtin_memcpy(panel + k * kNativePanel, bytes + k, kGroup);
    }
    to.scales[position] = size / 127.0f;
    to.offsets[position] = -128 * _mm512_reduce_add_epi32(sum);
  }
}

void pack_values(const Inner *values, int64_t stride, int64_t positions, int64_t head_width, const PackedValues &to) {
  const int64_t padded = rounded_up(positions, kNativePanel);
  for (int64_t column = 0; column < head_width; column += kTileLanes) {
    const __mmask16 lanes = first_lanes(head_width - column);
    const Inner *from = values + column;
    const __m512 mean = mean_of(from, stride, positions, lanes);
    __m512 largest = _mm512_setzero_ps();
    for (int64_t position = 0; position < positions; ++position) {
      largest = _mm512_max_ps(largest, _mm512_abs_ps(_mm512_sub_ps(load_inner(from + position * stride, lanes), mean)));
    }
    const __m512 steps = steps_of(largest);
    _mm512_store_ps(to.scales + column, _mm512_mul_ps(largest, _mm512_set1_ps(1.0f / 127.0f)));
    _mm512_store_ps(to.means + column, mean);
    int8_t *panel = to.numbers + column / kNativePanel * kNativePanel * padded + column % kNativePanel * kGroup;
    for (int64_t position = 0; position < padded; position += kGroup) {
      __m512i group = _mm512_setzero_si512();
      for (int64_t i = 0; i < kGroup && position + i < positions; ++i) {
        const __m512 centred = _mm512_sub_ps(load_inner(from + (position + i) * stride, lanes), mean);
        const __m512i byte = _mm512_and_si512(_mm512_cvtps_epi32(_mm512_mul_ps(centred, steps)), _mm512_set1_epi32(255));
        group = _mm512_or_si512(group, _mm512_sllv_epi32(byte, _mm512_set1_epi32(static_cast<int>(8 * i))));
      }
      _mm512_storeu_si512(panel + position * kNativePanel, group);
    }
  }
}

void pack(const void *keys, const void *values, int64_t stride, int64_t positions, int64_t head_width,
          void *packed_keys, void *packed_values) {
  const int64_t padded = rounded_up(positions, kNativePanel);
  pack_keys(static_cast<const Inner *>(keys), stride, positions, head_width,
            PackedKeys(packed_keys, padded, head_width));
  pack_values(static_cast<const Inner *>(values), stride, positions, head_width,
              PackedValues(packed_values, padded, head_width));
}

struct Rows {
  const HeadRows &call;
  const int64_t padded, depth;
  const PackedKeys keys;
  const PackedValues values;
  float *const scores;     // [kTileRows][padded]
  uint8_t *const weights;  // [kTileRows][padded]
  uint8_t *const queries;  // [kTileRows][depth]

  explicit Rows(const HeadRows &of)
      : call(of),
        padded(rounded_up(of.positions, kNativePanel)),
        depth(rounded_up(of.head_width, kGroup)),
        keys(const_cast<void *>(of.keys), padded, of.head_width),
        values(const_cast<void *>(of.values), padded, of.head_width),
        scores(static_cast<float *>(of.scratch)),
        weights(reinterpret_cast<uint8_t *>(scores + kTileRows * padded)),
        queries(weights + kTileRows * padded) {}

  template <int kRows>
  AMANUENSIS_INLINE void run(int64_t row) const {
    float query_scales[kRows], largest[kRows], shares[kRows];
    quantise_queries<kRows>(row, query_scales);
    score<kRows>(largest);
    weigh<kRows>(query_scales, largest, shares);
    for (int64_t column = 0; column < call.head_width; column += kNativePanel) {
      __m512i sums[kRows][4];
      tile_of_bytes<kRows>({weights, padded, values.numbers + column * padded, padded / kGroup, kZeros}, sums);
#pragma GCC unroll 6
      for (int r = 0; r < kRows; ++r) {
        Inner *out = static_cast<Inner *>(call.out) + (row + r) * call.out_stride + column;
        const __m512 share = _mm512_set1_ps(shares[r]);
#pragma GCC unroll 4
        for (int v = 0; v < 4; ++v) {
          const int64_t at = v * kTileLanes;
          const __m512 scale = _mm512_mul_ps(share, _mm512_load_ps(values.scales + column + at));
          store_inner(out + at,
                      _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[r][v]), scale, _mm512_load_ps(values.means + column + at)),
                      first_lanes(call.head_width - column - at));
        }
      }
    }
  }

  /** Signed bytes plus 128, which the keys' offsets take off the scores. */
  template <int kRows>
  AMANUENSIS_INLINE void quantise_queries(int64_t row, float (&scales)[kRows]) const {
    for (int r = 0; r < kRows; ++r) {
      const Inner *query = static_cast<const Inner *>(call.queries) + (row + r) * call.query_stride;
      __m512 most = _mm512_setzero_ps();
      for (int64_t at = 0; at < call.head_width; at += kTileLanes) {
        most = _mm512_max_ps(most, _mm512_abs_ps(load_inner(query + at, first_lanes(call.head_width - at))));
      }
      const float size = _mm512_reduce_max_ps(most);
      const __m512 steps = steps_of(_mm512_set1_ps(size));
      for (int64_t at = 0; at < call.head_width; at += kTileLanes) {
        const __m512i whole =
            _mm512_cvtps_epi32(_mm512_mul_ps(load_inner(query + at, first_lanes(call.head_width - at)), steps));
        _mm512_mask_cvtepi32_storeu_epi8(queries + r * depth + at, first_lanes(depth - at),
                                         _mm512_add_epi32(whole, _mm512_set1_epi32(128)));
      }
      scales[r] = size / 127.0f;
    }
  }

  /** Scores over all keys, undivided by the queries' steps; positions beyond the last get the lowest number. */
  template <int kRows>
  AMANUENSIS_INLINE void score(float (&largest)[kRows]) const {
    const __m512 lowest = _mm512_set1_ps(-3.0e38f);
    __m512 most[kRows];
#pragma GCC unroll 6
    for (int r = 0; r < kRows; ++r) {
      most[r] = lowest;
    }
    for (int64_t key = 0; key < padded; key += kNativePanel) {
      __m512i sums[kRows][4];
      tile_of_bytes<kRows>({queries, depth, keys.numbers + key * depth, depth / kGroup, keys.offsets + key}, sums);
#pragma GCC unroll 4
      for (int v = 0; v < 4; ++v) {
        const int64_t at = key + v * kTileLanes;
        const __m512 scale = _mm512_loadu_ps(keys.scales + at);
        const __mmask16 real = first_lanes(call.positions - at);
#pragma GCC unroll 6
        for (int r = 0; r < kRows; ++r) {
          const __m512 score = _mm512_mask_mul_ps(lowest, real, _mm512_cvtepi32_ps(sums[r][v]), scale);
          _mm512_store_ps(scores + r * padded + at, score);
          most[r] = _mm512_max_ps(most[r], score);
        }
      }
    }
#pragma GCC unroll 6
    for (int r = 0; r < kRows; ++r) {
      largest[r] = _mm512_reduce_max_ps(most[r]);
    }
  }

  template <int kRows>
  AMANUENSIS_INLINE void weigh(const float (&query_scales)[kRows], const float (&largest)[kRows],
                               float (&shares)[kRows]) const {
    constexpr float kLog2OfE = 1.44269504088896341f, kLog2Of255 = 7.99435344f;
    const float factor = kLog2OfE / __builtin_sqrtf(static_cast<float>(call.head_width));
    for (int r = 0; r < kRows; ++r) {
      const __m512 scale = _mm512_set1_ps(query_scales[r] * factor);
      const __m512 shift = _mm512_set1_ps(kLog2Of255 - largest[r] * (query_scales[r] * factor));
      const float *from = scores + r * padded;
      uint8_t *to = weights + r * padded;
      __m512 even = _mm512_setzero_ps(), odd = _mm512_setzero_ps();
      for (int64_t at = 0; at < padded; at += 2 * kTileLanes) {
        const __m512 a = rough_exp2(_mm512_fmadd_ps(_mm512_load_ps(from + at), scale, shift));
        const __m512 b = rough_exp2(_mm512_fmadd_ps(_mm512_load_ps(from + at + kTileLanes), scale, shift));
        even = _mm512_add_ps(even, a);
        odd = _mm512_add_ps(odd, b);
        _mm_store_si128(reinterpret_cast<__m128i *>(to + at), _mm512_cvtusepi32_epi8(_mm512_cvtps_epi32(a)));
        _mm_store_si128(reinterpret_cast<__m128i *>(to + at + kTileLanes),
                        _mm512_cvtusepi32_epi8(_mm512_cvtps_epi32(b)));
      }
      shares[r] = 1.0f / _mm512_reduce_add_ps(_mm512_add_ps(even, odd));
    }
  }
};

void attend(const HeadRows &call) {
  for_tiles(call.rows, Rows(call));
}

}  // namespace

extern const EncoderAttention kAttentionInt8Native;
const EncoderAttention kAttentionInt8Native = {.number = Number::kBfloat16,
                                               .packed_bytes = packed_bytes,
                                               .scratch_bytes = scratch_bytes,
                                               .pack = pack,
                                               .attend = attend};

}  // namespace amanuensis::AMANUENSIS_ISA
