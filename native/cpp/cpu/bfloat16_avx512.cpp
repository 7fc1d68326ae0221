#include "cpu/tile_avx512.h"

/* Products of bfloat16 by vdpbf16ps: two products a lane added to a float32 sum, rounded once each. */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

struct Panels {
  const Product &p;

  template <Finish kFinish>
  struct Rows {
    const uint16_t *left;
    int64_t left_stride;
    const void *panel;
    int64_t groups;
    const float *bias;
    int64_t columns;
    Out<kFinish> *out;
    int64_t out_stride;

    template <int kRows>
    AMANUENSIS_INLINE void run(int64_t row, Ahead ahead) const {
      Out<kFinish> *to = out + row * out_stride;
      fetch_out<kFinish, kRows>(to, out_stride);
      __m512 sums[kRows][4];
      tile_of_bfloat16<kRows>(
          {left + row * left_stride, left_stride * static_cast<int64_t>(sizeof(uint16_t)), panel, groups, bias, ahead}, sums);
      finish_tile<kFinish, kRows>(columns, to, out_stride,
                                  [&](int r, int v) __attribute__((always_inline)) { return sums[r][v]; });
    }
  };

  template <Finish kFinish>
  AMANUENSIS_INLINE void run() const {
    for (int64_t column = 0; column < p.columns; column += kNativePanel) {
      const Rows<kFinish> rows = {.left = static_cast<const uint16_t *>(p.left),
                                      .left_stride = p.left_stride,
                                      .panel = static_cast<const char *>(p.right) + column / kNativePanel * p.panel_stride,
                                      .groups = p.depth / 2,
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

void left_of_norm(const float *in, const LeftRows &out) {
  for (int64_t row = 0; row < out.rows; ++row) {
    const float *x = in + row * out.width;
    auto *to = static_cast<uint16_t *>(out.left) + row * out.left_stride;
    const Moments moments = moments_of(x, out.width);
    const __m512 inverse = _mm512_set1_ps(moments.inverse_deviation);
    const __m512 mean = _mm512_set1_ps(moments.mean);
    for (int64_t at = 0; at < out.width; at += kTileLanes) {
      const __mmask16 lanes = first_lanes(out.width - at);
      const __m512 normal = _mm512_mul_ps(_mm512_sub_ps(_mm512_maskz_loadu_ps(lanes, x + at), mean), inverse);
      store_inner(to + at,
                  _mm512_fmadd_ps(normal, _mm512_maskz_loadu_ps(lanes, out.scale + at),
                                  _mm512_maskz_loadu_ps(lanes, out.shift + at)),
                  lanes);
    }
  }
}

void left_of_float(const float *in, int64_t in_stride, const LeftRows &out) {
  for (int64_t row = 0; row < out.rows; ++row) {
    auto *to = static_cast<uint16_t *>(out.left) + row * out.left_stride;
    for (int64_t at = 0; at < out.width; at += kTileLanes) {
      const __mmask16 lanes = first_lanes(out.width - at);
      store_inner(to + at, _mm512_maskz_loadu_ps(lanes, in + row * in_stride + at), lanes);
    }
  }
}

void left_of_inner(const void *in, int64_t in_stride, const LeftRows &out) {
  for (int64_t row = 0; row < out.rows; ++row) {
    __builtin_memcpy(static_cast<uint16_t *>(out.left) + row * out.left_stride,
                     static_cast<const uint16_t *>(in) + row * in_stride,
                     static_cast<size_t>(out.width) * sizeof(uint16_t));
  }
}

}  // namespace

extern const Arithmetic kBfloat16Native;
const Arithmetic kBfloat16Native = {.precision = Precision::kBfloat16,
                                    .panel_columns = kNativePanel,
                                    .depth_group = 2,
                                    .left = Number::kBfloat16,
                                    .right = Number::kBfloat16,
                                    .inner = Number::kBfloat16,
                                    .multiply = multiply,
                                    .left_of_norm = left_of_norm,
                                    .left_of_float = left_of_float,
                                    .left_of_inner = left_of_inner};

}  // namespace amanuensis::AMANUENSIS_ISA
