#pragma once

#include <cstddef>
#include <cstdint>

/*
 * The one header of everything that is computed per instruction set. Kernels take plain pointers, allocate nothing and
 * cannot fail. The sources behind it include nothing but headers of this folder and the compiler's intrinsics, which are
 * always inlined: an inline function of the standard library, compiled here for AVX-512, could be the copy that the
 * linker keeps for everybody.
 */
namespace amanuensis {

/** Frames that the kernels of sound compute in lockstep. */
constexpr int kLockstepFrames = 16;

/** cos and sin of 2 pi k / count: [count]. */
struct Roots {
  int count;
  const float *cos, *sin;
};

constexpr int kMelFftSize = 400;
constexpr int kMelHop = 160;
constexpr int kMelSpectrum = kMelFftSize / 2 + 1;

/** Tables of the log-mel kernel; owned by audio/log_mel. */
struct MelTables {
  const float *window;         // [400]
  Roots roots;                 // 400
  int bins;                    // mel bins
  const int *filter_begin;     // [bins] first spectral line of a filter
  const int *filter_end;       // [bins] one past its last
  const float *const *filter;  // [bins] weights of the lines from filter_begin on
};

constexpr int kBandFrame = 320;
constexpr int kBandFftSize = 512;

/** Tables of the kernel of band energies; owned by audio/speech_detector. */
struct BandTables {
  const float *window;         // [320]
  Roots roots;                 // 512
  int bands;
  const int *filter_begin;     // [bands] first spectral line of a filter
  const int *filter_end;       // [bands] one past its last
  const float *const *filter;  // [bands] weights of the lines from filter_begin on
  float floor;                 // added to every energy; above 0
};

/** The width of a gated recurrent unit is a multiple of this, and at most kWidestUnit. */
constexpr int kUnitGroup = 48;
constexpr int kWidestUnit = 4 * kUnitGroup;

/**
 * A gated recurrent unit and a logistic output. Gates are reset, update and new, one after the other; with x the input and h the
 * memory: r = logistic(Wr x + br + Ur h + cr), z likewise, n = tanh(Wn x + bn + r (Un h + cn)), h = n + z (h - n).
 */
struct GatedUnit {
  int inputs, width;
  const float *input_weights;   // [inputs][3 x width]
  const float *memory_weights;  // [width][3 x width]
  const float *input_bias;      // [3 x width]
  const float *memory_bias;     // [3 x width]
  const float *output_weights;  // [width]
  float output_bias;
};

/** Outputs that the kernel of a filter computes at a time, on the instruction set that computes most. */
constexpr int kFilterBlock = 128;

/** Attention heads are at most so wide; Whisper's have 64. */
constexpr int kWidestHead = 256;

/** What the linear maps of a model are computed in. */
enum class Precision { kFloat32, kBfloat16, kInt8 };

/** The type of a number in memory. */
enum class Number { kFloat32, kBfloat16, kInt16, kInt8, kUint8 };

constexpr int64_t bytes_of(Number number) {
  switch (number) {
    case Number::kFloat32: return 4;
    case Number::kBfloat16:
    case Number::kInt16: return 2;
    default: return 1;
  }
}

/** What becomes of an element of a product after its bias was added. "Inner" is Arithmetic::inner. */
enum class Finish {
  kStore,      // float32
  kAdd,        // float32, added to what out holds
  kGelu,       // float32
  kInner,      // inner
  kInnerGelu,  // inner
};

/**
 * out = finish(left x right + bias), where right [depth][columns] is packed: panels of Arithmetic::panel_columns columns,
 * each [depth / depth_group][panel_columns][depth_group], filled up with zeros to whole panels and groups.
 */
struct Product {
  int64_t rows;
  int64_t depth;  // a multiple of depth_group
  int64_t columns;
  const void *left;  // [rows][left_stride] of Arithmetic::left
  int64_t left_stride;
  const float *left_scales;  // [rows]: left's numbers are scale x (number - zero); null unless left is quantised
  const float *left_zeros;   // [rows]
  const void *right;
  int64_t panel_stride;       // bytes from panel to panel
  const float *right_scales;  // [columns]: right's numbers are scale x number; null unless right is quantised
  const float *right_sums;    // [columns]: the sum of a column's numbers
  const float *bias;          // [columns], or null
  void *out;                  // [rows][out_stride]
  int64_t out_stride;         // elements
  Finish finish;
};

/**
 * Rows become the left side of a product. Quantised ones are whole numbers of 0 to 255 in even steps from the least to the
 * largest of the row and zero, which is a step: most numbers after a GELU are near zero, and none may be biased. Numbers past a row's width, up to left_stride, are left alone. */
struct LeftRows {
  int64_t rows, width;
  const float *scale, *shift;  // of a layer norm: [width]
  void *left;                  // [rows][left_stride]
  int64_t left_stride;
  float *left_scales, *left_zeros;  // [rows]; null unless left is quantised
};

/**
 * Products of one precision on one instruction set. A row of a result depends on no other row: sums have one order,
 * whatever the number of rows.
 */
struct Arithmetic {
  Precision precision;
  int panel_columns;  // right_scales, right_sums and bias are filled up to a multiple of it
  int depth_group;
  Number left, right;  // operands: left is made by left_of, right is packed
  Number inner;        // between two products where nothing needs float32: float32 or bfloat16

  void (*multiply)(const Product &product);

  /** left = (row - mean) / sqrt(variance + 1e-5) * scale + shift. in: [rows][width]. */
  void (*left_of_norm)(const float *in, const LeftRows &out);

  /** left = row. in: [rows][in_stride] of float32, or of inner. */
  void (*left_of_float)(const float *in, int64_t in_stride, const LeftRows &out);
  void (*left_of_inner)(const void *in, int64_t in_stride, const LeftRows &out);
};

/**
 * Attention of a head of the encoder: softmax(queries keys^T / sqrt(head_width)) values, for rows of queries. Keys and
 * values have been packed by pack_keys_and_values. Everything is of EncoderAttention::number.
 */
struct HeadRows {
  const void *queries;  // [rows][query_stride]
  int64_t query_stride;
  int64_t rows;
  int64_t positions;
  int64_t head_width;
  const void *keys, *values;  // packed
  void *out;                  // [rows][out_stride]
  int64_t out_stride;
  void *scratch;
};

struct EncoderAttention {
  Number number;

  int64_t (*packed_bytes)(int64_t positions, int64_t head_width);  // of keys, and of values
  int64_t (*scratch_bytes)(int64_t positions, int64_t head_width);

  /** keys, values: [positions][stride]. */
  void (*pack)(const void *keys, const void *values, int64_t stride, int64_t positions, int64_t head_width,
               void *packed_keys, void *packed_values);
  void (*attend)(const HeadRows &rows);
};

/**
 * Keys and values of one head of the decoder in the form that a StepAttention reads. Of int8 keys each position has a
 * scale, of int8 values each channel.
 */
struct HeadCache {
  void *keys, *values;  // keys_bytes and values_bytes, zero at first
  int64_t capacity;     // positions
  int64_t head_width;
};

/** A few queries of one head over the same positions. */
struct StepRows {
  const float *queries;  // [rows][query_stride]
  int64_t query_stride;
  int64_t rows;
  int64_t positions;  // 1 to capacity
  float *scores;      // [rows][scores_stride]
  int64_t scores_stride;
  float *out;  // [rows][out_stride]
  int64_t out_stride;
};

/** The least StepRows::scores_stride: whole panels of positions, and room for a query. */
constexpr int64_t step_scores_stride(int64_t positions, int64_t head_width) {
  return (positions + 127) / 128 * 128 + (head_width + 15) / 16 * 16;
}

/** Attention of a step of the decoder. A row of a result depends on no other row: sums have one order. */
struct StepAttention {
  Number number;

  int64_t (*keys_bytes)(int64_t capacity, int64_t head_width);
  int64_t (*values_bytes)(int64_t capacity, int64_t head_width);

  /** Keeps positions from `first` on. Of int8 all at once, first being 0. keys, values: [count][stride]. */
  void (*put)(const float *keys, const float *values, int64_t stride, int64_t first, int64_t count,
              const HeadCache &to);

  /** Copies the first positions of a cache of equal size. */
  void (*copy)(const HeadCache &from, int64_t positions, const HeadCache &to);

  /** scores = queries keys^T, not yet divided by the root of the head's width. */
  void (*score)(const StepRows &rows, const HeadCache &cache);

  /** out = softmax(scores / sqrt(head_width)) values. The scores are used up. */
  void (*mix)(const StepRows &rows, const HeadCache &cache);
};

/** Numbers that share an exponent: eight consecutive ones along the depth of a product. */
constexpr int64_t kBlockFloat = 8;

/**
 * Block floating point of XDNA2 (bfp16ebs8): of eight numbers the largest exponent E is kept, and of each a signed mantissa m of
 * 8 bits: m x 2^(E - 127 - 6), m from -128 to 127, rounded to nearest even or down. Here a rounded number is the float that it
 * is. Depths are multiples of 8.
 */
struct BlockFloatKernels {
  int panel_columns;

  /** count: a multiple of 8. Blocks lie one after the other. */
  void (*round_rows)(const float *in, int64_t count, bool floor, float *out);

  /** Panel_columns columns, blocks going down. in: [depth][in_stride]; out: [depth][panel_columns]. */
  void (*round_panel)(const float *in, int64_t in_stride, int64_t depth, bool floor, float *out);

  /** out [rows][out_stride] += left [rows][left_stride] x panel: sums of blocks, exact, added first to last in float32. */
  void (*multiply_panel)(const float *left, int64_t left_stride, int64_t rows, int64_t depth, const float *panel,
                         float *out, int64_t out_stride);

  /** To nearest, ties to even. */
  void (*bfloat16_of)(const float *in, int64_t count, uint16_t *out);
};

/** The kernels of one instruction set. */
struct Kernels {
  const char *name;

  Arithmetic float32, bfloat16, int8;
  EncoderAttention attention_float32;
  EncoderAttention attention_bfloat16, attention_int8;  // of bfloat16; absent where that is nobody's inner

  StepAttention step_float32, step_bfloat16, step_int8;

  BlockFloatKernels block_float;

  const Arithmetic &arithmetic(Precision precision) const {
    return precision == Precision::kFloat32 ? float32 : precision == Precision::kBfloat16 ? bfloat16 : int8;
  }
  /** That of a model whose linear maps are computed so. */
  const EncoderAttention &attention(const Arithmetic &of) const {
    return of.inner == Number::kFloat32            ? attention_float32
           : of.precision == Precision::kInt8 ? attention_int8
                                              : attention_bfloat16;
  }
  const StepAttention &step_attention(Number number) const {
    return number == Number::kInt8 ? step_int8 : number == Number::kBfloat16 ? step_bfloat16 : step_float32;
  }

  /**
   * log10(max(mel energy, 1e-10)) of 16 frames that begin kMelHop samples apart.
   * signal: [15 * 160 + 400]; out: [bins][16].
   */
  void (*log_mel_frames)(const MelTables &tables, const float *signal, float *out);

  /** log2(band energy + floor) of 16 frames that follow one another. signal: [16 * 320]; out: [bands][16]. */
  void (*band_energies)(const BandTables &tables, const float *signal, float *out);

  /** So many steps. inputs: [count][unit.inputs]; memory: [width], updated; out: [count], 0 to 1. */
  void (*gated_steps)(const GatedUnit &unit, const float *inputs, int64_t count, float *memory, float *out);

  /**
   * out[i] = the sum over tap of weights[tap] * samples[i + tap], added in the order of am_filter_bank_open and rounded as
   * am_filter_bank_run says. With count rounded up to a multiple of kFilterBlock, samples: [count + taps - 1], out: [count].
   */
  void (*filter)(const float *samples, const float *weights, int64_t taps, int64_t count, int16_t *out);

  /** (row - mean) / sqrt(variance + 1e-5) * scale + shift. out may be row. */
  void (*layer_norm)(const float *row, const float *scale, const float *shift, int64_t width, float *out);

  /** out = finish(in + bias): kStore, kAdd or kGelu. in, bias, out: [count]; out is read for kAdd alone, and may be in. */
  void (*finish_row)(const float *in, const float *bias, int64_t count, Finish finish, float *out);

  /** row = e^(scale row) / its sum, in place; count >= 1. */
  void (*softmax)(float *row, int64_t count, float scale);

  /** out = scale (row - its largest), to nearest, ties to even, in bfloat16: what softmax(row, scale) follows from. */
  void (*below_largest)(const float *row, int64_t count, float scale, uint16_t *out);

  /** Each column of [rows][columns] less its mean, over its standard deviation; 0 where a column is constant. */
  void (*standardise_columns)(float *values, int64_t rows, int64_t columns);

  /** out[i] = the median of from[i] to from[i + 6]. out must not overlap. */
  void (*medians_of_seven)(const float *from, int64_t count, float *out);

  /** The largest of count >= 1 numbers; -FLT_MAX if all are -infinity. */
  float (*largest)(const float *row, int64_t count);

  /** Whether no number is NaN or infinite. */
  bool (*all_finite)(const float *row, int64_t count);

  /** The sum of e^(x - zero_point) for all x of the row, none of them above zero_point. */
  float (*sum_of_exp)(const float *row, int64_t count, float zero_point);
};

}  // namespace amanuensis
