#pragma once

#include "cpu/kernels.h"

/** The kernels of one instruction set, before they are put into its table. */
namespace amanuensis::AMANUENSIS_ISA {

void log_mel_frames(const MelTables &tables, const float *signal, float *out);

}  // namespace amanuensis::AMANUENSIS_ISA
