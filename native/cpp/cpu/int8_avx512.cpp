#include "cpu/tile_avx512.h"

/*
 * Products of bytes by vpdpbusd: unsigned left, signed right. Sums are exact.
 */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

struct Panel {
  const Product &product;
  int64_t column;

  template <Finish kFinish>
  struct Rows {
    const Panel &panel;

    template <int kRows>
    AMANUENSIS_INLINE void run(int64_t row) const {
      const Product &p = panel.product;
      __m512i sums[kRows][4];
      tile_of_bytes<kRows>({static_cast<const uint8_t *>(p.left) + row * p.left_stride, p.left_stride,
                            static_cast<const char *>(p.right) + panel.column / kNativePanel * p.panel_stride,
                            p.depth / 4, kZeros},
                           sums);
      __m512 results[kRows][4];
#pragma GCC unroll 4
      for (int v = 0; v < 4; ++v) {
        const int64_t at = panel.column + v * kTileLanes;
        const __m512 scale = _mm512_loadu_ps(p.right_scales + at);
        const __m512 sum = _mm512_loadu_ps(p.right_sums + at);
        const __m512 bias = p.bias ? _mm512_loadu_ps(p.bias + at) : _mm512_setzero_ps();
#pragma GCC unroll 6
        for (int r = 0; r < kRows; ++r) {
          const __m512 scales = _mm512_mul_ps(scale, _mm512_set1_ps(p.left_scales[row + r]));
          const __m512 centred = _mm512_fnmadd_ps(sum, _mm512_set1_ps(p.left_zeros[row + r]), _mm512_cvtepi32_ps(sums[r][v]));
          results[r][v] = _mm512_fmadd_ps(centred, scales, bias);
        }
      }
      finish_tile<kFinish>(results, p, row, panel.column);
    }
  };

  template <Finish kFinish>
  AMANUENSIS_INLINE void run() const {
    for_tiles(product.rows, Rows<kFinish>{*this});
  }
};

void multiply(const Product &product) {
  for (int64_t column = 0; column < product.columns; column += kNativePanel) {
    with_finish(product.finish, Panel{product, column});
  }
}

/** at(first, lanes): numbers of the row. */
template <typename At>
AMANUENSIS_INLINE void quantise(int64_t width, void *left, float *left_scale, float *left_zero, At at) {
  auto *to = static_cast<uint8_t *>(left);
  __m512 most = _mm512_setzero_ps(), least = _mm512_setzero_ps();
  for (int64_t i = 0; i < width; i += kTileLanes) {
    const __mmask16 lanes = first_lanes(width - i);
    const __m512 x = at(i, lanes);
    most = _mm512_mask_max_ps(most, lanes, most, x);
    least = _mm512_mask_min_ps(least, lanes, least, x);
  }
  const float lowest = _mm512_reduce_min_ps(least), range = _mm512_reduce_max_ps(most) - lowest;
  const __m512 steps = _mm512_set1_ps(range > 0 ? 255.0f / range : 0.0f);
  const __m512i zero = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_set1_ps(-lowest), steps));
  for (int64_t i = 0; i < width; i += kTileLanes) {
    const __mmask16 lanes = first_lanes(width - i);
    const __m512i whole = _mm512_add_epi32(_mm512_cvtps_epi32(_mm512_mul_ps(at(i, lanes), steps)), zero);
    _mm512_mask_cvtusepi32_storeu_epi8(to + i, lanes, _mm512_max_epi32(whole, _mm512_setzero_si512()));
  }
  *left_scale = range / 255.0f;
  *left_zero = static_cast<float>(_mm512_cvtsi512_si32(zero));
}

template <typename At>
AMANUENSIS_INLINE void quantise_rows(const LeftRows &out, At at) {
  for (int64_t row = 0; row < out.rows; ++row) {
    quantise(out.width, static_cast<uint8_t *>(out.left) + row * out.left_stride, out.left_scales + row,
             out.left_zeros + row, at(row));
  }
}

void left_of_norm(const float *in, const LeftRows &out) {
  constexpr float kEpsilon = 1e-5f;  // PyTorch's LayerNorm
  quantise_rows(out, [&](int64_t row) {
    const float *x = in + row * out.width;
    const Moments moments = moments_of(x, out.width);
    const __m512 inverse = _mm512_set1_ps(1.0f / __builtin_sqrtf(moments.variance + kEpsilon));
    const __m512 mean = _mm512_set1_ps(moments.mean);
    return [=, &out](int64_t at, __mmask16 lanes) __attribute__((always_inline)) {
      const __m512 normal = _mm512_mul_ps(_mm512_sub_ps(_mm512_maskz_loadu_ps(lanes, x + at), mean), inverse);
      return _mm512_fmadd_ps(normal, _mm512_maskz_loadu_ps(lanes, out.scale + at),
                             _mm512_maskz_loadu_ps(lanes, out.shift + at));
    };
  });
}

void left_of_float(const float *in, int64_t in_stride, const LeftRows &out) {
  quantise_rows(out, [&](int64_t row) {
    const float *x = in + row * in_stride;
    return [=](int64_t at, __mmask16 lanes)
               __attribute__((always_inline)) { return _mm512_maskz_loadu_ps(lanes, x + at); };
  });
}

void left_of_inner(const void *in, int64_t in_stride, const LeftRows &out) {
  quantise_rows(out, [&](int64_t row) {
    const Inner *x = static_cast<const Inner *>(in) + row * in_stride;
    return [=](int64_t at, __mmask16 lanes) __attribute__((always_inline)) { return load_inner(x + at, lanes); };
  });
}

}  // namespace

extern const Arithmetic kInt8Native;
const Arithmetic kInt8Native = {.precision = Precision::kInt8,
                                .panel_columns = kNativePanel,
                                .depth_group = 4,
                                .left = Number::kUint8,
                                .right = Number::kInt8,
                                .inner = kInnerNumber,
                                .multiply = multiply,
                                .left_of_norm = left_of_norm,
                                .left_of_float = left_of_float,
                                .left_of_inner = left_of_inner};

}  // namespace amanuensis::AMANUENSIS_ISA
