#include "cpu/tile_avx512.h"
#include "cpu/vector.h"

/*
 * Attention of a step of the decoder over keys and values of bytes, by vpdpbusd. Keys are bytes plus 128 in panels of
 * 128 positions, [head_width / 4][128][4]; a query is rounded to signed bytes with a scale of its own. Values are signed
 * bytes in panels of 64 channels, [positions / 4][64][4]; the weights e^(score - largest), which are never negative, are
 * rounded to 16 bits and multiplied as two bytes, so that many small ones beside a large one are not lost. Scales follow
 * the numbers.
 */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

constexpr int kKeyVectors = 8;
constexpr int64_t kKeyColumns = kKeyVectors * kTileLanes;
constexpr int64_t kChannels = 64;
constexpr int kRowBlock = 3;
constexpr float kMostWeight = 65535.0f;

constexpr int64_t rounded_up(int64_t value, int64_t step) {
  return (value + step - 1) / step * step;
}

int64_t keys_size(int64_t capacity, int64_t head_width) {
  return rounded_up(capacity, kKeyColumns) * rounded_up(head_width, 4);
}

int64_t values_size(int64_t capacity, int64_t head_width) {
  return rounded_up(capacity, 4) * rounded_up(head_width, kChannels);
}

int64_t keys_bytes(int64_t capacity, int64_t head_width) {
  return keys_size(capacity, head_width) + rounded_up(capacity, kKeyColumns) * 4;
}

int64_t values_bytes(int64_t capacity, int64_t head_width) {
  return values_size(capacity, head_width) + rounded_up(head_width, kChannels) * 4;
}

float *key_scales(const HeadCache &cache) {
  return reinterpret_cast<float *>(static_cast<char *>(cache.keys) + keys_size(cache.capacity, cache.head_width));
}

float *value_scales(const HeadCache &cache) {
  return reinterpret_cast<float *>(static_cast<char *>(cache.values) + values_size(cache.capacity, cache.head_width));
}

/** Infinite for a NaN too, so that a scale tells of numbers that cannot be quantised. */
AMANUENSIS_INLINE __m512 magnitude(__m512 x) {
  const __mmask16 nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
  return _mm512_mask_mov_ps(_mm512_abs_ps(x), nan, _mm512_set1_ps(__builtin_inff()));
}

AMANUENSIS_INLINE float steps_of(float most) {
  return most > 0 ? 127.0f / most : 0.0f;
}

/** numbers [width] to signed bytes as bits of 32; write(first, lanes, bytes). Returns their scale. */
template <typename Write>
AMANUENSIS_INLINE float quantise(const float *numbers, int64_t width, Write write) {
  __m512 most = _mm512_setzero_ps();
  for (int64_t at = 0; at < width; at += kTileLanes) {
    most = _mm512_max_ps(most, magnitude(_mm512_maskz_loadu_ps(first_lanes(width - at), numbers + at)));
  }
  const float largest = _mm512_reduce_max_ps(most);
  const __m512 steps = _mm512_set1_ps(steps_of(largest));
  for (int64_t at = 0; at < width; at += kTileLanes) {
    const __m512 scaled = _mm512_mul_ps(_mm512_maskz_loadu_ps(first_lanes(width - at), numbers + at), steps);
    write(at, _mm512_cvtps_epi32(scaled));
  }
  return largest / 127.0f;
}

void put_keys(const float *keys, int64_t stride, int64_t count, const HeadCache &to) {
  const int64_t groups = rounded_up(to.head_width, 4) / 4;
  for (int64_t i = 0; i < count; ++i) {
    char *key = static_cast<char *>(to.keys) + i / kKeyColumns * kKeyColumns * groups * 4 + i % kKeyColumns * 4;
    key_scales(to)[i] = quantise(keys + i * stride, to.head_width, [&](int64_t at, __m512i numbers) {
      alignas(16) uint8_t bytes[kTileLanes];
      _mm_store_si128(reinterpret_cast<__m128i *>(bytes),
                      _mm512_cvtepi32_epi8(_mm512_add_epi32(numbers, _mm512_set1_epi32(128))));
      for (int64_t group = at / 4; group < groups && group < (at + kTileLanes) / 4; ++group) {
        __builtin_memcpy(key + group * kKeyColumns * 4, bytes + group * 4 - at, 4);
      }
    });
  }
}

void put_values(const float *values, int64_t stride, int64_t count, const HeadCache &to) {
  for (int64_t channel = 0; channel < to.head_width; channel += kTileLanes) {
    const __mmask16 lanes = first_lanes(to.head_width - channel);
    __m512 most = _mm512_setzero_ps();
    for (int64_t i = 0; i < count; ++i) {
      most = _mm512_max_ps(most, magnitude(_mm512_maskz_loadu_ps(lanes, values + i * stride + channel)));
    }
    const __mmask16 some = _mm512_cmp_ps_mask(most, _mm512_setzero_ps(), _CMP_GT_OQ);
    const __m512 steps = _mm512_maskz_div_ps(some, _mm512_set1_ps(127.0f), most);
    _mm512_storeu_ps(value_scales(to) + channel, _mm512_div_ps(most, _mm512_set1_ps(127.0f)));
    char *panel = static_cast<char *>(to.values) + channel / kChannels * kChannels * rounded_up(to.capacity, 4) +
                  channel % kChannels * 4;
    for (int64_t i = 0; i < count; i += 4, panel += kChannels * 4) {
      __m512i bytes = _mm512_setzero_si512();
      for (int64_t next = i; next < i + 4 && next < count; ++next) {
        const __m512 scaled = _mm512_mul_ps(_mm512_maskz_loadu_ps(lanes, values + next * stride + channel), steps);
        const __m512i byte = _mm512_and_si512(_mm512_cvtps_epi32(scaled), _mm512_set1_epi32(255));
        bytes = _mm512_or_si512(bytes, _mm512_sll_epi32(byte, _mm_cvtsi64_si128(8 * (next - i))));
      }
      _mm512_storeu_si512(panel, bytes);
    }
  }
}

void put(const float *keys, const float *values, int64_t stride, int64_t, int64_t count, const HeadCache &to) {
  put_keys(keys, stride, count, to);
  put_values(values, stride, count, to);
}

void copy(const HeadCache &from, int64_t, const HeadCache &to) {
  __builtin_memcpy(to.keys, from.keys, static_cast<size_t>(keys_bytes(to.capacity, to.head_width)));
  __builtin_memcpy(to.values, from.values, static_cast<size_t>(values_bytes(to.capacity, to.head_width)));
}

/** sums += unsigned bytes x signed bytes, by fours. Not an intrinsic: GCC 12 copies its registers around. */
AMANUENSIS_INLINE void add_products(__m512i &sums, __m512i unsigned_bytes, __m512i signed_bytes) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(unsigned_bytes), "v"(signed_bytes));
}

AMANUENSIS_INLINE __m512i four_bytes(const void *from) {
  int32_t bytes;
  __builtin_memcpy(&bytes, from, sizeof bytes);
  return _mm512_set1_epi32(bytes);
}

/** Memory is read in one stream, faster than the processor's own prefetching follows. */
AMANUENSIS_INLINE void prefetch(const char *from) {
  constexpr int kAhead = 4096;
  _mm_prefetch(from + kAhead, _MM_HINT_T0);
}

/** Scales lie behind the numbers, where no stream comes by: those of a panel are fetched while another is multiplied. */
AMANUENSIS_INLINE void prefetch_scales(const HeadCache &cache, int64_t first) {
#pragma GCC unroll 8
  for (int v = 0; v < kKeyVectors; ++v) {
    _mm_prefetch(reinterpret_cast<const char *>(key_scales(cache) + first + v * kTileLanes), _MM_HINT_T0);
  }
}

/** A query as signed bytes, in the room that a row of scores has beyond its positions. */
AMANUENSIS_INLINE int8_t *query_bytes(const StepRows &call, int64_t row) {
  return reinterpret_cast<int8_t *>(call.scores + row * call.scores_stride + rounded_up(call.positions, kKeyColumns));
}

template <int kRows>
AMANUENSIS_INLINE void score_rows(const StepRows &call, const HeadCache &cache, int64_t row) {
  const int64_t groups = rounded_up(cache.head_width, 4) / 4;
  float scales[kRows];
  __m512i offsets[kRows];  // 128 x the sum of a query
  for (int r = 0; r < kRows; ++r) {
    int8_t *bytes = query_bytes(call, row + r);
    __m512i sum = _mm512_setzero_si512();
    scales[r] = quantise(call.queries + (row + r) * call.query_stride, cache.head_width, [&](int64_t at, __m512i query) {
      _mm_storeu_si128(reinterpret_cast<__m128i *>(bytes + at), _mm512_cvtepi32_epi8(query));
      sum = _mm512_add_epi32(sum, query);
    });
    offsets[r] = _mm512_set1_epi32(128 * _mm512_reduce_add_epi32(sum));
  }
  const char *keys = static_cast<const char *>(cache.keys);
  prefetch_scales(cache, 0);
  prefetch_scales(cache, kKeyColumns);
  for (int64_t first = 0; first < call.positions; first += kKeyColumns) {
    prefetch_scales(cache, first + 2 * kKeyColumns);
    __m512i sums[kRows][kKeyVectors];
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (int v = 0; v < kKeyVectors; ++v) {
        sums[r][v] = _mm512_setzero_si512();
      }
    }
    for (int64_t group = 0; group < groups; ++group, keys += kKeyColumns * 4) {
      __m512i query[kRows];
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        query[r] = four_bytes(query_bytes(call, row + r) + group * 4);
      }
#pragma GCC unroll 8
      for (int v = 0; v < kKeyVectors; ++v) {
        const __m512i key = _mm512_loadu_si512(keys + v * 64);
        prefetch(keys + v * 64);
#pragma GCC unroll 8
        for (int r = 0; r < kRows; ++r) {
          add_products(sums[r][v], key, query[r]);
        }
      }
    }
#pragma GCC unroll 8
    for (int v = 0; v < kKeyVectors; ++v) {
      const __m512 scale = _mm512_loadu_ps(key_scales(cache) + first + v * kTileLanes);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        const __m512 centred = _mm512_cvtepi32_ps(_mm512_sub_epi32(sums[r][v], offsets[r]));
        _mm512_storeu_ps(call.scores + (row + r) * call.scores_stride + first + v * kTileLanes,
                         _mm512_mul_ps(centred, _mm512_mul_ps(scale, _mm512_set1_ps(scales[r]))));
      }
    }
  }
}

/**
 * Scores become weights of 16 bits where they lie: of every 16, the upper bytes and then the lower ones. Returns what a
 * mixture by them is to be multiplied with.
 */
AMANUENSIS_INLINE float weigh(float *scores, int64_t positions, float scale) {
  const float most = largest(scores, positions);
  auto *bytes = reinterpret_cast<uint8_t *>(scores);
  __m512 sums = _mm512_setzero_ps();
  for (int64_t at = 0; at < positions; at += kTileLanes, bytes += 2 * kTileLanes) {
    const __mmask16 lanes = first_lanes(positions - at);
    const __m512 difference = _mm512_sub_ps(_mm512_maskz_loadu_ps(lanes, scores + at), _mm512_set1_ps(most));
    const __m512 e = _mm512_maskz_mov_ps(lanes, exp_of_negative(_mm512_mul_ps(difference, _mm512_set1_ps(scale))));
    sums = _mm512_add_ps(sums, e);
    const __m512i weight = _mm512_cvtps_epi32(_mm512_mul_ps(e, _mm512_set1_ps(kMostWeight)));
    _mm_storeu_si128(reinterpret_cast<__m128i *>(bytes), _mm512_cvtepi32_epi8(_mm512_srli_epi32(weight, 8)));
    _mm_storeu_si128(reinterpret_cast<__m128i *>(bytes + kTileLanes), _mm512_cvtepi32_epi8(weight));
  }
  return 1.0f / (kMostWeight * _mm512_reduce_add_ps(sums));
}

template <int kRows>
AMANUENSIS_INLINE void mix_rows(const StepRows &call, const HeadCache &cache, int64_t row, const float *shares) {
  constexpr int kVectors = kChannels / kTileLanes;
  const int64_t groups = rounded_up(call.positions, 4) / 4;
  const char *values = static_cast<const char *>(cache.values);
  for (int64_t first = 0; first < cache.head_width; first += kChannels) {
    __m512i upper[kRows][kVectors], lower[kRows][kVectors];
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) {
        upper[r][v] = lower[r][v] = _mm512_setzero_si512();
      }
    }
    const char *panel = values + first * rounded_up(cache.capacity, 4);
    const char *weights = reinterpret_cast<const char *>(call.scores + row * call.scores_stride);
    for (int64_t group = 0; group < groups; ++group, panel += kChannels * 4) {
      const char *weight = weights + group / 4 * 2 * kTileLanes + group % 4 * 4;
      __m512i high[kRows], low[kRows];
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        high[r] = four_bytes(weight + r * call.scores_stride * 4);
        low[r] = four_bytes(weight + r * call.scores_stride * 4 + kTileLanes);
      }
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) {
        const __m512i value = _mm512_loadu_si512(panel + v * 64);
        prefetch(panel + v * 64);
#pragma GCC unroll 8
        for (int r = 0; r < kRows; ++r) {
          add_products(upper[r][v], high[r], value);
          add_products(lower[r][v], low[r], value);
        }
      }
    }
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      const int64_t at = first + v * kTileLanes;
      if (at >= cache.head_width) {
        break;
      }
      const __m512 scale = _mm512_loadu_ps(value_scales(cache) + at);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        const __m512 mixed = _mm512_fmadd_ps(_mm512_cvtepi32_ps(upper[r][v]), _mm512_set1_ps(256),
                                             _mm512_cvtepi32_ps(lower[r][v]));
        _mm512_mask_storeu_ps(call.out + (row + r) * call.out_stride + at, first_lanes(cache.head_width - at),
                              _mm512_mul_ps(mixed, _mm512_mul_ps(scale, _mm512_set1_ps(shares[r]))));
      }
    }
  }
}

void score(const StepRows &call, const HeadCache &cache) {
  for (int64_t row = 0; row < call.rows; row += kRowBlock) {
    switch (call.rows - row) {
      case 1: score_rows<1>(call, cache, row); break;
      case 2: score_rows<2>(call, cache, row); break;
      default: score_rows<kRowBlock>(call, cache, row);
    }
  }
}

void mix(const StepRows &call, const HeadCache &cache) {
  const float scale = 1.0f / __builtin_sqrtf(static_cast<float>(cache.head_width));
  for (int64_t row = 0; row < call.rows; row += kRowBlock) {
    float shares[kRowBlock];
    for (int64_t r = row; r < row + kRowBlock && r < call.rows; ++r) {
      shares[r - row] = weigh(call.scores + r * call.scores_stride, call.positions, scale);
    }
    switch (call.rows - row) {
      case 1: mix_rows<1>(call, cache, row, shares); break;
      case 2: mix_rows<2>(call, cache, row, shares); break;
      default: mix_rows<kRowBlock>(call, cache, row, shares);
    }
  }
}

}  // namespace

extern const StepAttention kStepInt8Native;
const StepAttention kStepInt8Native = {.number = Number::kInt8,
                                       .keys_bytes = keys_bytes,
                                       .values_bytes = values_bytes,
                                       .put = put,
                                       .copy = copy,
                                       .score = score,
                                       .mix = mix};

}  // namespace amanuensis::AMANUENSIS_ISA
