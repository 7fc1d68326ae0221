#include "cpu/table.h"
#include "cpu/vector.h"

/*
 * A tile of kTileRows x kPanelColumns sums stays in registers while the depth is walked once, first to last: every
 * element of the result is one chain of fused multiply-adds, the same for every number of rows, so that a row's bits do
 * not depend on its neighbours. Weights are float32, or bfloat16 that is widened on the way.
 */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

constexpr int kTileRows = 6;

/** A block of the left side should stay in the second-level cache while the panels pass: 64 Ki floats = 256 KiB. */
constexpr int64_t kBlockFloats = 65536;

struct Tile {
  const float *left;
  const void *panel;
  const float *bias;
  float *out;
  int64_t columns;  // of the panel that are wanted
};

AMANUENSIS_INLINE Vector finished(Vector sum, const Product &product, const float *out, int64_t columns) {
  switch (product.finish) {
    case Finish::kGelu:
    case Finish::kInnerGelu: return gelu_of(sum);
    case Finish::kAdd: return sum + (columns >= kLanes ? load(out) : load_part(out, columns, 0.0f));
    default: return sum;
  }
}

template <int kRows, typename Weight>
AMANUENSIS_INLINE void compute(const Product &product, const Tile &tile) {
  Vector sums[kRows][kTileVectors];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kTileVectors; ++v) {
      sums[r][v] = Vector{};
    }
  }
  const int64_t stride = product.left_stride;
  const Weight *right = static_cast<const Weight *>(tile.panel);
  for (int64_t k = 0; k < product.depth; ++k, right += kPanelColumns) {
    Vector columns[kTileVectors];
#pragma GCC unroll 8
    for (int v = 0; v < kTileVectors; ++v) {
      columns[v] = load(right + v * kLanes);
    }
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Vector left = all(tile.left[r * stride + k]);
#pragma GCC unroll 8
      for (int v = 0; v < kTileVectors; ++v) {
        sums[r][v] += left * columns[v];
      }
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kTileVectors; ++v) {
      const int64_t wanted = tile.columns - v * kLanes;
      if (wanted <= 0) {
        break;
      }
      float *out = tile.out + r * product.out_stride + v * kLanes;
      const Vector biased = tile.bias ? sums[r][v] + load(tile.bias + v * kLanes) : sums[r][v];
      const Vector result = finished(biased, product, out, wanted);
      if (wanted >= kLanes) {
        store(out, result);
      } else {
        store_part(out, result, wanted);
      }
    }
  }
}

template <typename Weight>
void compute_rows(const Product &product, const Tile &tile, int64_t rows) {
  switch (rows) {
    case 1: return compute<1, Weight>(product, tile);
    case 2: return compute<2, Weight>(product, tile);
    case 3: return compute<3, Weight>(product, tile);
    case 4: return compute<4, Weight>(product, tile);
    case 5: return compute<5, Weight>(product, tile);
    default: return compute<kTileRows, Weight>(product, tile);
  }
}

template <typename Weight>
void multiply(const Product &product) {
  int64_t block = kBlockFloats / product.depth / kTileRows * kTileRows;
  block = block < kTileRows ? kTileRows : block;
  for (int64_t first = 0; first < product.rows; first += block) {
    const int64_t end = first + block < product.rows ? first + block : product.rows;
    for (int64_t column = 0; column < product.columns; column += kPanelColumns) {
      const char *panel = static_cast<const char *>(product.right) + column / kPanelColumns * product.panel_stride;
      const float *bias = product.bias ? product.bias + column : nullptr;
      for (int64_t row = first; row < end; row += kTileRows) {
        const Tile tile = {static_cast<const float *>(product.left) + row * product.left_stride, panel, bias,
                           static_cast<float *>(product.out) + row * product.out_stride + column,
                           product.columns - column};
        compute_rows<Weight>(product, tile, end - row < kTileRows ? end - row : kTileRows);
      }
    }
  }
}

void left_of_norm(const float *in, const LeftRows &out) {
  for (int64_t row = 0; row < out.rows; ++row) {
    layer_norm(in + row * out.width, out.scale, out.shift, out.width,
               static_cast<float *>(out.left) + row * out.left_stride);
  }
}

void left_of_float(const float *in, int64_t in_stride, const LeftRows &out) {
  for (int64_t row = 0; row < out.rows; ++row) {
    __builtin_memcpy(static_cast<float *>(out.left) + row * out.left_stride, in + row * in_stride,
                     static_cast<size_t>(out.width) * sizeof(float));
  }
}

void left_of_inner(const void *in, int64_t in_stride, const LeftRows &out) {
  left_of_float(static_cast<const float *>(in), in_stride, out);
}

template <typename Weight>
constexpr Arithmetic arithmetic(Precision precision, Number right) {
  return {.precision = precision,
          .panel_columns = kPanelColumns,
          .depth_group = 1,
          .left = Number::kFloat32,
          .right = right,
          .inner = Number::kFloat32,
          .multiply = multiply<Weight>,
          .left_of_norm = left_of_norm,
          .left_of_float = left_of_float,
          .left_of_inner = left_of_inner};
}

}  // namespace

const Arithmetic kFloat32 = arithmetic<float>(Precision::kFloat32, Number::kFloat32);
const Arithmetic kBfloat16 = arithmetic<uint16_t>(Precision::kBfloat16, Number::kBfloat16);

}  // namespace amanuensis::AMANUENSIS_ISA
