#pragma once

#include "cpu/kernels.h"

/** The kernels of one instruction set, before they are put into its table. */
namespace amanuensis::AMANUENSIS_ISA {

/** Registers a row of a tile takes: with 6 rows, 24 of 32 registers hold sums, or 12 of 16. */
constexpr int kTileVectors = AMANUENSIS_VECTOR_BYTES == 64 ? 4 : 2;
constexpr int kPanelColumns = kTileVectors * AMANUENSIS_VECTOR_BYTES / static_cast<int>(sizeof(float));

extern const Arithmetic kFloat32, kBfloat16, kInt8;
extern const EncoderAttention kAttention;
extern const StepAttention kStepFloat32, kStepBfloat16, kStepInt8;
extern const BlockFloatKernels kBlockFloatKernels;

/** Of a row to be normalised: its mean, and 1 / sqrt(variance + 1e-5), the epsilon being that of PyTorch's LayerNorm. */
struct Moments {
  float mean, inverse_deviation;
};
Moments moments_of(const float *row, int64_t width);

void log_mel_frames(const MelTables &tables, const float *signal, float *out);
void band_energies(const BandTables &tables, const float *signal, float *out);
void gated_steps(const GatedUnit &unit, const float *inputs, int64_t count, float *memory, float *out);
void filter(const float *samples, const float *weights, int64_t taps, int64_t count, int16_t *out);
void layer_norm(const float *row, const float *scale, const float *shift, int64_t width, float *out);
void finish_row(const float *in, const float *bias, int64_t count, Finish finish, float *out);
void softmax(float *row, int64_t count, float scale);
void below_largest(const float *row, int64_t count, float scale, uint16_t *out);
void standardise_columns(float *values, int64_t rows, int64_t columns);
void medians_of_seven(const float *from, int64_t count, float *out);
float largest(const float *row, int64_t count);
bool all_finite(const float *row, int64_t count);
float sum_of_exp(const float *row, int64_t count, float zero_point);

}  // namespace amanuensis::AMANUENSIS_ISA
