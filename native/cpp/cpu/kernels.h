#pragma once

#include <cstddef>
#include <cstdint>

/*
 * The one header of everything that is computed per instruction set. Kernels take plain pointers, allocate nothing and
 * cannot fail. The sources behind it include nothing but this header and vector.h: an inline function of the standard
 * library, compiled here for AVX-512, could be the copy that the linker keeps for everybody.
 */
namespace amanuensis {

/** Frames that the log-mel kernel computes in lockstep. */
constexpr int kMelFrames = 16;
constexpr int kMelFftSize = 400;
constexpr int kMelHop = 160;
constexpr int kMelSpectrum = kMelFftSize / 2 + 1;

/** Tables of the log-mel kernel; owned by audio/log_mel. */
struct MelTables {
  const float *window;         // [400]
  const float *root_cos;       // [400] cos(2 pi k / 400)
  const float *root_sin;       // [400] sin(2 pi k / 400)
  int bins;                    // mel bins
  const int *filter_begin;     // [bins] first spectral line of a filter
  const int *filter_end;       // [bins] one past its last
  const float *const *filter;  // [bins] weights of the lines from filter_begin on
};

/** What happens to an element of a product after its bias was added. */
enum class Finish { kStore, kGelu, kAdd };

/**
 * out = finish(left x right + bias), where right [depth][columns] is packed: panels of Kernels::panel_columns columns,
 * each [depth][panel_columns], the last one filled up with zeros. kAdd adds to what out holds.
 */
struct Product {
  int64_t rows;
  int64_t depth;
  int64_t columns;
  const float *left;  // [rows][left_stride]
  int64_t left_stride;
  const float *right;
  int64_t panel_stride;  // floats from panel to panel
  const float *bias;     // null, or one per column, filled up to whole panels
  float *out;            // [rows][out_stride]
  int64_t out_stride;
  Finish finish;
};

/**
 * The kernels of one instruction set. A row of a result depends on no other row, and on nothing but its inputs: sums
 * have one order, whatever the number of rows.
 */
struct Kernels {
  const char *name;

  int panel_columns;

  /**
   * log10(max(mel energy, 1e-10)) of 16 frames that begin kMelHop samples apart.
   * signal: [15 * 160 + 400]; out: [bins][16].
   */
  void (*log_mel_frames)(const MelTables &tables, const float *signal, float *out);

  void (*multiply)(const Product &product);

  /** (row - mean) / sqrt(variance + 1e-5) * scale + shift. out may be row. */
  void (*layer_norm)(const float *row, const float *scale, const float *shift, int64_t width, float *out);

  /** row = e^(scale row) / its sum, in place; count >= 1. */
  void (*softmax)(float *row, int64_t count, float scale);

  /** The largest of count >= 1 numbers; -FLT_MAX if all are -infinity. */
  float (*largest)(const float *row, int64_t count);

  /** The sum of e^(x - zero_point) for all x of the row, none of them above zero_point. */
  float (*sum_of_exp)(const float *row, int64_t count, float zero_point);
};

}  // namespace amanuensis
