#include "cpu/tile_avx512.h"

/*
 * Products of bytes by vpdpbusd: unsigned left, signed right. Sums are exact.
 */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

struct Panels {
  const Product &p;

  template <Finish kFinish>
  struct Rows {
    const uint8_t *left;
    int64_t left_stride;
    const float *left_scales, *left_zeros;
    const void *panel;
    int64_t groups;
    const float *right_scales, *right_sums, *bias;
    int64_t columns;
    Out<kFinish> *out;
    int64_t out_stride;

    template <int kRows>
    AMANUENSIS_INLINE void run(int64_t row, Ahead ahead) const {
      Out<kFinish> *to = out + row * out_stride;
      fetch_out<kFinish, kRows>(to, out_stride);
      __m512i sums[kRows][4];
      tile_of_bytes<kRows>({left + row * left_stride, left_stride, panel, groups, kZeros, ahead}, sums);
      finish_tile<kFinish, kRows>(columns, to, out_stride, [&](int r, int v) __attribute__((always_inline)) {
        const int at = v * kTileLanes;
        const __m512 centred = _mm512_fnmadd_ps(_mm512_set1_ps(left_zeros[row + r]), _mm512_loadu_ps(right_sums + at),
                                                _mm512_cvtepi32_ps(sums[r][v]));
        const __m512 scales = _mm512_mul_ps(_mm512_set1_ps(left_scales[row + r]), _mm512_loadu_ps(right_scales + at));
        return _mm512_fmadd_ps(centred, scales, _mm512_loadu_ps(bias + at));
      });
    }
  };

  template <Finish kFinish>
  AMANUENSIS_INLINE void run() const {
    for (int64_t column = 0; column < p.columns; column += kNativePanel) {
      const Rows<kFinish> rows = {.left = static_cast<const uint8_t *>(p.left),
                                      .left_stride = p.left_stride,
                                      .left_scales = p.left_scales,
                                      .left_zeros = p.left_zeros,
                                      .panel = static_cast<const char *>(p.right) + column / kNativePanel * p.panel_stride,
                                      .groups = p.depth / 4,
                                      .right_scales = p.right_scales + column,
                                      .right_sums = p.right_sums + column,
                                      .bias = p.bias ? p.bias + column : kZeros,
                                      .columns = p.columns - column,
                                      .out = static_cast<Out<kFinish> *>(p.out) + column,
                                      .out_stride = p.out_stride};
      const auto *panel = static_cast<const char *>(rows.panel);
      for_tiles(p.rows, panel, p.panel_stride, column + kNativePanel < p.columns ? panel + p.panel_stride : nullptr, rows);
    }
  }
};

void multiply(const Product &product) {
  with_finish(product.finish, Panels{product});
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
  quantise_rows(out, [&](int64_t row) {
    const float *x = in + row * out.width;
    const Moments moments = moments_of(x, out.width);
    const __m512 inverse = _mm512_set1_ps(moments.inverse_deviation);
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
