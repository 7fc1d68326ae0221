#include "cpu/table.h"
#include "cpu/vector.h"

/*
 * Attention of a step of the decoder: one query, or a few, over keys and values that are read once from memory. Numbers
 * are widened to float32 on the way. Keys: panels of kKeyColumns positions, [head_width][kKeyColumns]. Values: panels of
 * kPanelColumns channels, [capacity][kPanelColumns]. Scales follow the numbers.
 */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

/** Enough chains of sums for one row to hide the latency of a multiply-add. */
constexpr int kKeyVectors = 2 * kTileVectors;
constexpr int kKeyColumns = kKeyVectors * kLanes;

/** Rows that share a pass over the keys and values: their sums fill the registers. */
constexpr int kRowBlock = 3;

constexpr float kLowest = -3.40282347e38f;

#if defined(__AVX512F__)
typedef char Bytes16 __attribute__((vector_size(16)));
typedef int Whole16 __attribute__((vector_size(64)));
#endif

int64_t rounded_up(int64_t value, int64_t step) {
  return (value + step - 1) / step * step;
}

AMANUENSIS_INLINE Vector load(const int8_t *from) {
  typedef int8_t Quarters __attribute__((vector_size(AMANUENSIS_VECTOR_BYTES / 4)));
  Quarters quarters;
  __builtin_memcpy(&quarters, from, sizeof quarters);
#if defined(__AVX512F__)  // GCC 12 converts to numbers of more than twice the size one by one
  const auto whole = __builtin_bit_cast(
      VectorBits, __builtin_ia32_pmovsxbd512_mask(__builtin_bit_cast(Bytes16, quarters), Whole16{}, 0xffff));
#else
  typedef int16_t Halves __attribute__((vector_size(AMANUENSIS_VECTOR_BYTES / 2)));
  const auto whole = __builtin_convertvector(__builtin_convertvector(quarters, Halves), VectorBits);
#endif
  return __builtin_convertvector(whole, Vector);
}


AMANUENSIS_INLINE int8_t rounded(float value) {
  constexpr float kRound = 12582912.0f;  // 1.5 x 2^23: adding it rounds to an integer, ties to even
  return value == value ? static_cast<int8_t>((value + kRound) - kRound) : int8_t{0};
}

/** Infinite for a NaN too, so that a scale tells of numbers that cannot be quantised. */
AMANUENSIS_INLINE float magnitude(float value) {
  return value != value ? __builtin_inff() : value < 0 ? -value : value;
}

template <typename T>
constexpr bool kScaled = sizeof(T) == 1;

template <typename T>
int64_t key_count(int64_t capacity, int64_t head_width) {
  return rounded_up(capacity, kKeyColumns) * head_width;
}

template <typename T>
int64_t value_count(int64_t capacity, int64_t head_width) {
  return capacity * rounded_up(head_width, kPanelColumns);
}

template <typename T>
int64_t keys_bytes(int64_t capacity, int64_t head_width) {
  const int64_t scales = kScaled<T> ? rounded_up(capacity, kKeyColumns) : 0;
  return key_count<T>(capacity, head_width) * static_cast<int64_t>(sizeof(T)) + scales * 4;
}

template <typename T>
int64_t values_bytes(int64_t capacity, int64_t head_width) {
  const int64_t scales = kScaled<T> ? rounded_up(head_width, kPanelColumns) : 0;
  return value_count<T>(capacity, head_width) * static_cast<int64_t>(sizeof(T)) + scales * 4;
}

template <typename T>
T *keys_of(const HeadCache &cache) {
  return static_cast<T *>(cache.keys);
}

template <typename T>
T *values_of(const HeadCache &cache) {
  return static_cast<T *>(cache.values);
}

/** [positions] of int8 keys. */
float *key_scales(const HeadCache &cache) {
  return reinterpret_cast<float *>(keys_of<int8_t>(cache) + key_count<int8_t>(cache.capacity, cache.head_width));
}

/** [channels] of int8 values. */
float *value_scales(const HeadCache &cache) {
  return reinterpret_cast<float *>(values_of<int8_t>(cache) + value_count<int8_t>(cache.capacity, cache.head_width));
}

template <typename T>
T *key_at(const HeadCache &cache, int64_t position) {
  return keys_of<T>(cache) + position / kKeyColumns * kKeyColumns * cache.head_width + position % kKeyColumns;
}

template <typename T>
void put(const float *keys, const float *values, int64_t stride, int64_t first, int64_t count, const HeadCache &to) {
  for (int64_t i = 0; i < count; ++i) {
    const float *key = keys + i * stride, *value = values + i * stride;
    T *to_key = key_at<T>(to, first + i), *to_value = values_of<T>(to) + (first + i) * kPanelColumns;
    for (int64_t at = 0; at < to.head_width; at += kLanes) {
      const int64_t lanes = to.head_width - at < kLanes ? to.head_width - at : kLanes;
      T numbers[kLanes];
      store_part(numbers, lanes == kLanes ? load(key + at) : load_part(key + at, lanes, 0), lanes);
      for (int64_t k = 0; k < lanes; ++k) {
        to_key[(at + k) * kKeyColumns] = numbers[k];
      }
      store_part(to_value + at / kPanelColumns * kPanelColumns * to.capacity + at % kPanelColumns,
               lanes == kLanes ? load(value + at) : load_part(value + at, lanes, 0), lanes);
    }
  }
}

void put_int8(const float *keys, const float *values, int64_t stride, int64_t, int64_t count, const HeadCache &to) {
  float *const of_key = key_scales(to), *const of_value = value_scales(to);
  for (int64_t k = 0; k < to.head_width; ++k) {
    of_value[k] = 0;
  }
  for (int64_t i = 0; i < count; ++i) {
    const float *key = keys + i * stride, *value = values + i * stride;
    float most = 0;
    for (int64_t k = 0; k < to.head_width; ++k) {
      most = magnitude(key[k]) > most ? magnitude(key[k]) : most;
      of_value[k] = magnitude(value[k]) > of_value[k] ? magnitude(value[k]) : of_value[k];
    }
    const float steps = most > 0 ? 127.0f / most : 0.0f;
    int8_t *to_key = key_at<int8_t>(to, i);
    for (int64_t k = 0; k < to.head_width; ++k) {
      to_key[k * kKeyColumns] = rounded(key[k] * steps);
    }
    of_key[i] = most / 127.0f;
  }
  for (int64_t first = 0; first < to.head_width; first += kPanelColumns) {
    const int64_t wanted = to.head_width - first < kPanelColumns ? to.head_width - first : kPanelColumns;
    float steps[kPanelColumns];
    for (int64_t k = 0; k < wanted; ++k) {
      steps[k] = of_value[first + k] > 0 ? 127.0f / of_value[first + k] : 0.0f;
      of_value[first + k] /= 127.0f;
    }
    int8_t *to_value = values_of<int8_t>(to) + first * to.capacity;
    for (int64_t i = 0; i < count; ++i) {
      for (int64_t k = 0; k < wanted; ++k) {
        to_value[i * kPanelColumns + k] = rounded(values[i * stride + first + k] * steps[k]);
      }
    }
  }
}

template <typename T>
void copy(const HeadCache &from, int64_t positions, const HeadCache &to) {
  constexpr auto kSize = static_cast<int64_t>(sizeof(T));
  __builtin_memcpy(to.keys, from.keys, static_cast<size_t>(key_count<T>(positions, to.head_width) * kSize));
  for (int64_t first = 0; first < to.head_width; first += kPanelColumns) {
    __builtin_memcpy(values_of<T>(to) + first * to.capacity, values_of<T>(from) + first * to.capacity,
                     static_cast<size_t>(positions * kPanelColumns * kSize));
  }
  if (kScaled<T>) {
    __builtin_memcpy(key_scales(to), key_scales(from), static_cast<size_t>(positions) * sizeof(float));
    __builtin_memcpy(value_scales(to), value_scales(from), static_cast<size_t>(to.head_width) * sizeof(float));
  }
}

/** kVectors of positions from `first` on, within a panel. */
template <typename T, int kRows, int kVectors>
AMANUENSIS_INLINE void score_positions(const StepRows &call, const HeadCache &cache, int64_t row, int64_t first) {
  const float *queries = call.queries + row * call.query_stride;
  Vector sums[kRows][kVectors];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      sums[r][v] = Vector{};
    }
  }
  const T *keys = key_at<T>(cache, first);
  for (int64_t k = 0; k < cache.head_width; ++k, keys += kKeyColumns) {
    Vector query[kRows];
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      query[r] = all(queries[r * call.query_stride + k]);
    }
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      const Vector key = load(keys + v * kLanes);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        sums[r][v] += query[r] * key;
      }
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      const int64_t at = first + v * kLanes;
      const Vector scaled = kScaled<T> ? sums[r][v] * load(key_scales(cache) + at) : sums[r][v];
      store(call.scores + (row + r) * call.scores_stride + at, scaled);
    }
  }
}

/** Whole panels while there are, then as little as is there: a young sequence has few positions. */
template <typename T, int kRows>
AMANUENSIS_INLINE void score_rows(const StepRows &call, const HeadCache &cache, int64_t row) {
  int64_t first = 0;
  for (; first + kKeyColumns / 2 < call.positions; first += kKeyColumns) {
    score_positions<T, kRows, kKeyVectors>(call, cache, row, first);
  }
  for (; first < call.positions; first += 2 * kLanes) {
    score_positions<T, kRows, 2>(call, cache, row, first);
  }
}

/** Scores become e^(scaled difference to the largest), zero up to the next whole vector. Returns one over their sum. */
AMANUENSIS_INLINE float exponentiate(float *scores, int64_t positions, float scale) {
  const float most = largest(scores, positions);
  Vector sums = {};
  for (int64_t at = 0; at < positions; at += kLanes) {
    const Vector score = at + kLanes <= positions ? load(scores + at) : load_part(scores + at, positions - at, kLowest);
    const Vector e = exp_of_negative((score - most) * scale);
    sums += e;
    store(scores + at, e);
  }
  return 1.0f / sum_of(sums);
}

/** Even and odd positions are chains of their own, joined at the end. */
template <typename T, int kRows>
AMANUENSIS_INLINE void mix_rows(const StepRows &call, const HeadCache &cache, int64_t row, const float *shares) {
  const float *scores = call.scores + row * call.scores_stride;
  for (int64_t first = 0; first < cache.head_width; first += kPanelColumns) {
    Vector even[kRows][kTileVectors], odd[kRows][kTileVectors];
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (int v = 0; v < kTileVectors; ++v) {
        even[r][v] = odd[r][v] = Vector{};
      }
    }
    const T *values = values_of<T>(cache) + first * cache.capacity;
    int64_t position = 0;
    for (; position + 1 < call.positions; position += 2, values += 2 * kPanelColumns) {
#pragma GCC unroll 8
      for (int v = 0; v < kTileVectors; ++v) {
        const Vector one = load(values + v * kLanes), other = load(values + kPanelColumns + v * kLanes);
#pragma GCC unroll 8
        for (int r = 0; r < kRows; ++r) {
          even[r][v] += all(scores[r * call.scores_stride + position]) * one;
          odd[r][v] += all(scores[r * call.scores_stride + position + 1]) * other;
        }
      }
    }
    if (position < call.positions) {
#pragma GCC unroll 8
      for (int v = 0; v < kTileVectors; ++v) {
        const Vector one = load(values + v * kLanes);
#pragma GCC unroll 8
        for (int r = 0; r < kRows; ++r) {
          even[r][v] += all(scores[r * call.scores_stride + position]) * one;
        }
      }
    }
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (int v = 0; v < kTileVectors; ++v) {
        const int64_t at = first + v * kLanes, wanted = cache.head_width - at;
        Vector mixed = (even[r][v] + odd[r][v]) * shares[r];
        if (kScaled<T>) {
          mixed = mixed * load(value_scales(cache) + at);
        }
        float *out = call.out + (row + r) * call.out_stride + at;
        if (wanted >= kLanes) {
          store(out, mixed);
        } else {
          store_part(out, mixed, wanted);
        }
      }
    }
  }
}

template <typename T>
void score(const StepRows &call, const HeadCache &cache) {
  for (int64_t row = 0; row < call.rows; row += kRowBlock) {
    switch (call.rows - row) {
      case 1: score_rows<T, 1>(call, cache, row); break;
      case 2: score_rows<T, 2>(call, cache, row); break;
      default: score_rows<T, kRowBlock>(call, cache, row);
    }
  }
}

template <typename T>
void mix(const StepRows &call, const HeadCache &cache) {
  const float scale = 1.0f / __builtin_sqrtf(static_cast<float>(cache.head_width));
  for (int64_t row = 0; row < call.rows; row += kRowBlock) {
    float shares[kRowBlock];
    for (int64_t r = row; r < row + kRowBlock && r < call.rows; ++r) {
      shares[r - row] = exponentiate(call.scores + r * call.scores_stride, call.positions, scale);
    }
    switch (call.rows - row) {
      case 1: mix_rows<T, 1>(call, cache, row, shares); break;
      case 2: mix_rows<T, 2>(call, cache, row, shares); break;
      default: mix_rows<T, kRowBlock>(call, cache, row, shares);
    }
  }
}

template <typename T>
constexpr StepAttention step_attention(Number number, decltype(StepAttention::put) put) {
  return {.number = number,
          .keys_bytes = keys_bytes<T>,
          .values_bytes = values_bytes<T>,
          .put = put,
          .copy = copy<T>,
          .score = score<T>,
          .mix = mix<T>};
}

}  // namespace

const StepAttention kStepFloat32 = step_attention<float>(Number::kFloat32, put<float>);
const StepAttention kStepBfloat16 = step_attention<uint16_t>(Number::kBfloat16, put<uint16_t>);
const StepAttention kStepInt8 = step_attention<int8_t>(Number::kInt8, put_int8);

}  // namespace amanuensis::AMANUENSIS_ISA
