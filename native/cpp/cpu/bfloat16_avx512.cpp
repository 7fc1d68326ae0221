#include "cpu/tile_avx512.h"

/* Products of bfloat16 by vdpbf16ps: two products a lane added to a float32 sum, rounded once each. */
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
      __m512 sums[kRows][4];
      tile_of_bfloat16<kRows>({static_cast<const uint16_t *>(p.left) + row * p.left_stride,
                               p.left_stride * static_cast<int64_t>(sizeof(uint16_t)),
                               static_cast<const char *>(p.right) + panel.column / kNativePanel * p.panel_stride,
                               p.depth / 2, p.bias ? static_cast<const void *>(p.bias + panel.column) : kZeros},
                              sums);
      finish_tile<kFinish>(sums, p, row, panel.column);
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

void left_of_norm(const float *in, const LeftRows &out) {
  constexpr float kEpsilon = 1e-5f;  // PyTorch's LayerNorm
  for (int64_t row = 0; row < out.rows; ++row) {
    const float *x = in + row * out.width;
    auto *to = static_cast<uint16_t *>(out.left) + row * out.left_stride;
    const Moments moments = moments_of(x, out.width);
    const __m512 inverse = _mm512_set1_ps(1.0f / __builtin_sqrtf(moments.variance + kEpsilon));
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
