#include "cpu/table.h"

#define AMANUENSIS_NAME_OF(isa) AMANUENSIS_TEXT_OF(isa)
#define AMANUENSIS_TEXT_OF(isa) #isa

namespace amanuensis::AMANUENSIS_ISA {

extern const Kernels kKernels;
const Kernels kKernels = {
    .name = AMANUENSIS_NAME_OF(AMANUENSIS_ISA),
    .panel_columns = kPanelColumns,
    .log_mel_frames = log_mel_frames,
    .multiply = multiply,
    .layer_norm = layer_norm,
    .softmax = softmax,
    .largest = largest,
    .sum_of_exp = sum_of_exp,
};

}  // namespace amanuensis::AMANUENSIS_ISA
