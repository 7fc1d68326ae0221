#include "cpu/table.h"

#define AMANUENSIS_NAME_OF(isa) AMANUENSIS_TEXT_OF(isa)
#define AMANUENSIS_TEXT_OF(isa) #isa

namespace amanuensis::AMANUENSIS_ISA {

Kernels kernels();
Kernels kernels() {
  return {.name = AMANUENSIS_NAME_OF(AMANUENSIS_ISA),
          .float32 = kFloat32,
          .bfloat16 = kBfloat16,
          .int8 = kInt8,
          .attention_float32 = kAttention,
          .attention_bfloat16 = {},
          .attention_int8 = {},
          .step_float32 = kStepFloat32,
          .step_bfloat16 = kStepBfloat16,
          .step_int8 = kStepInt8,
          .block_float = kBlockFloatKernels,
          .log_mel_frames = log_mel_frames,
          .band_energies = band_energies,
          .gated_steps = gated_steps,
          .filter = filter,
          .layer_norm = layer_norm,
          .finish_row = finish_row,
          .softmax = softmax,
          .below_largest = below_largest,
          .standardise_columns = standardise_columns,
          .medians_of_seven = medians_of_seven,
          .largest = largest,
          .all_finite = all_finite,
          .sum_of_exp = sum_of_exp};
}

}  // namespace amanuensis::AMANUENSIS_ISA
