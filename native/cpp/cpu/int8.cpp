#include "cpu/table.h"
#include "cpu/vector.h"

/*
 * Integers of 8 bits times integers of 8 bits held in 16, two to a group: sums of 32 bits are exact, so that every
 * instruction set computes the same ones; 2^16 terms of 255 x 127 fit.
 */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

constexpr int kTileRows = 6;
constexpr int kGroup = 2;

typedef int32_t Sums __attribute__((vector_size(AMANUENSIS_VECTOR_BYTES)));
typedef int16_t Pairs __attribute__((vector_size(AMANUENSIS_VECTOR_BYTES)));
typedef int8_t Bytes __attribute__((vector_size(AMANUENSIS_VECTOR_BYTES / 2)));

/** The sum of the two products of each pair. */
AMANUENSIS_INLINE Sums pair_products(Pairs a, Pairs b) {
#if defined(__AVX512BW__)
  return __builtin_ia32_pmaddwd512_mask(a, b, Sums{}, static_cast<unsigned short>(-1));
#elif defined(__AVX2__)
  return __builtin_ia32_pmaddwd256(a, b);
#elif defined(__SSE2__)
  return __builtin_ia32_pmaddwd128(a, b);
#else
  const Sums a_bits = __builtin_bit_cast(Sums, a), b_bits = __builtin_bit_cast(Sums, b);
  return ((a_bits << 16) >> 16) * ((b_bits << 16) >> 16) + (a_bits >> 16) * (b_bits >> 16);
#endif
}

AMANUENSIS_INLINE Pairs load_pairs(const int8_t *from) {
  Bytes bytes;
  __builtin_memcpy(&bytes, from, sizeof bytes);
  return __builtin_convertvector(bytes, Pairs);
}

AMANUENSIS_INLINE Pairs all_pairs(const int16_t *from) {
  int32_t pair;
  __builtin_memcpy(&pair, from, sizeof pair);
  return __builtin_bit_cast(Pairs, pair - Sums{});
}

struct Tile {
  const int16_t *left;
  const float *left_scales, *left_zeros;
  const int8_t *panel;
  int64_t column;
  float *out;
};

template <int kRows>
AMANUENSIS_INLINE void compute(const Product &product, const Tile &tile) {
  Sums sums[kRows][kTileVectors];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kTileVectors; ++v) {
      sums[r][v] = Sums{};
    }
  }
  const int8_t *right = tile.panel;
  for (int64_t k = 0; k < product.depth; k += kGroup, right += kGroup * kPanelColumns) {
    Pairs columns[kTileVectors];
#pragma GCC unroll 8
    for (int v = 0; v < kTileVectors; ++v) {
      columns[v] = load_pairs(right + v * kGroup * kLanes);
    }
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Pairs left = all_pairs(tile.left + r * product.left_stride + k);
#pragma GCC unroll 8
      for (int v = 0; v < kTileVectors; ++v) {
        sums[r][v] += pair_products(left, columns[v]);
      }
    }
  }
  const int64_t columns = product.columns - tile.column;
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kTileVectors; ++v) {
      const int64_t wanted = columns - v * kLanes, place = tile.column + v * kLanes;
      if (wanted <= 0) {
        break;
      }
      float *out = tile.out + r * product.out_stride + v * kLanes;
      Vector result = __builtin_convertvector(sums[r][v], Vector) - load(product.right_sums + place) * tile.left_zeros[r];
      result *= load(product.right_scales + place) * tile.left_scales[r];
      if (product.bias) {
        result += load(product.bias + place);
      }
      if (product.finish == Finish::kGelu || product.finish == Finish::kInnerGelu) {
        result = gelu_of(result);
      } else if (product.finish == Finish::kAdd) {
        result += wanted >= kLanes ? load(out) : load_part(out, wanted, 0.0f);
      }
      if (wanted >= kLanes) {
        store(out, result);
      } else {
        store_part(out, result, wanted);
      }
    }
  }
}

void multiply(const Product &product) {
  constexpr int64_t kBlockRows = 96;
  for (int64_t first = 0; first < product.rows; first += kBlockRows) {
    const int64_t end = first + kBlockRows < product.rows ? first + kBlockRows : product.rows;
    for (int64_t column = 0; column < product.columns; column += kPanelColumns) {
      const char *panel = static_cast<const char *>(product.right) + column / kPanelColumns * product.panel_stride;
      for (int64_t row = first; row < end; row += kTileRows) {
        const Tile tile = {static_cast<const int16_t *>(product.left) + row * product.left_stride,
                           product.left_scales + row, product.left_zeros + row, reinterpret_cast<const int8_t *>(panel), column,
                           static_cast<float *>(product.out) + row * product.out_stride + column};
        switch (end - row) {
          case 1: compute<1>(product, tile); break;
          case 2: compute<2>(product, tile); break;
          case 3: compute<3>(product, tile); break;
          case 4: compute<4>(product, tile); break;
          case 5: compute<5>(product, tile); break;
          default: compute<kTileRows>(product, tile);
        }
      }
    }
  }
}

/** Vectors of a row and then its rest, which is filled up with zeros: they change no range. */
template <typename Body>
AMANUENSIS_INLINE void for_vectors(int64_t width, Body body) {
  int64_t i = 0;
  for (; i + kLanes <= width; i += kLanes) {
    body(i, int64_t{kLanes});
  }
  if (i < width) {
    body(i, width - i);
  }
}

AMANUENSIS_INLINE Vector load_up_to(const float *from, int64_t lanes) {
  return lanes == kLanes ? load(from) : load_part(from, lanes, 0.0f);
}

/** at(first, lanes): numbers of the row, zero beyond the lanes. */
template <typename At>
AMANUENSIS_INLINE void quantise(int64_t width, int16_t *out, float *scale, float *zero, At at) {
  constexpr float kRound = 12582912.0f;  // 1.5 x 2^23: adding it rounds to an integer, ties to even
  Vector most = {}, least = {};
  for_vectors(width, [&](int64_t i, int64_t lanes) {
    const Vector x = at(i, lanes);
    most = larger(most, x);  // in this order a row of NaN has a range of NaN
    least = least < x ? least : x;
  });
  const float lowest = -largest_of(-least), range = largest_of(most) - lowest;
  const float steps = range > 0 ? 255.0f / range : 0.0f;
  *scale = range / 255.0f;
  *zero = (-lowest * steps + kRound) - kRound;
  const float origin = *zero;
  for_vectors(width, [&](int64_t i, int64_t lanes) {
    const Vector whole = ((at(i, lanes) * steps + kRound) - kRound) + origin;
    const Vector above = whole > 0.0f ? whole : Vector{};
    const Sums numbers = __builtin_convertvector(above < 255.0f ? above : all(255.0f), Sums);
    for (int64_t lane = 0; lane < lanes; ++lane) {
      out[i + lane] = static_cast<int16_t>(numbers[lane]);
    }
  });
}

template <typename At>
AMANUENSIS_INLINE void quantise_rows(const LeftRows &out, At at) {
  for (int64_t row = 0; row < out.rows; ++row) {
    quantise(out.width, static_cast<int16_t *>(out.left) + row * out.left_stride, out.left_scales + row,
             out.left_zeros + row, at(row));
  }
}

void left_of_norm(const float *in, const LeftRows &out) {
  quantise_rows(out, [&](int64_t row) {
    const float *x = in + row * out.width;
    const Moments moments = moments_of(x, out.width);
    const float inverse = moments.inverse_deviation, mean = moments.mean;
    return [=, &out](int64_t i, int64_t lanes) {
      const Vector normal = (load_up_to(x + i, lanes) - mean) * inverse;
      return normal * load_up_to(out.scale + i, lanes) + load_up_to(out.shift + i, lanes);
    };
  });
}

void left_of_float(const float *in, int64_t in_stride, const LeftRows &out) {
  quantise_rows(out, [&](int64_t row) {
    const float *x = in + row * in_stride;
    return [=](int64_t i, int64_t lanes) { return load_up_to(x + i, lanes); };
  });
}

void left_of_inner(const void *in, int64_t in_stride, const LeftRows &out) {
  left_of_float(static_cast<const float *>(in), in_stride, out);
}

}  // namespace

const Arithmetic kInt8 = {.precision = Precision::kInt8,
                          .panel_columns = kPanelColumns,
                          .depth_group = kGroup,
                          .left = Number::kInt16,
                          .right = Number::kInt8,
                          .inner = Number::kFloat32,
                          .multiply = multiply,
                          .left_of_norm = left_of_norm,
                          .left_of_float = left_of_float,
                          .left_of_inner = left_of_inner};

}  // namespace amanuensis::AMANUENSIS_ISA
