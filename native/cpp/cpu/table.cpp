#include "cpu/table.h"

#define AMANUENSIS_NAME_OF(isa) AMANUENSIS_TEXT_OF(isa)
#define AMANUENSIS_TEXT_OF(isa) #isa

namespace amanuensis::AMANUENSIS_ISA {

extern const Kernels kKernels;
const Kernels kKernels = {
    .name = AMANUENSIS_NAME_OF(AMANUENSIS_ISA),
    .log_mel_frames = log_mel_frames,
};

}  // namespace amanuensis::AMANUENSIS_ISA
