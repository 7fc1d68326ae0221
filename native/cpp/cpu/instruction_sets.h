#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cpu/kernels.h"

namespace amanuensis {

/** The instruction sets of this build that this processor has, best last; never empty. */
std::vector<const Kernels *> available_instruction_sets();

/** The kernels by name, or the best ones for "auto". Throws AM_ERROR_OPTION with the available names. */
const Kernels &kernels_named(std::string_view name);

/** f32, bf16 or int8; "auto": bf16 where the instruction set multiplies it natively, else f32. */
Precision precision_named(std::string_view name, const Kernels &kernels);
const char *name_of(Precision precision);

/** The build's part: the sets that depend on the processor's family. One of x86_sets.cpp and no_x86_sets.cpp. */
void append_processor_sets(std::vector<const Kernels *> &sets);

}  // namespace amanuensis
