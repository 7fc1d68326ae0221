#include "cpu/instruction_sets.h"

namespace amanuensis {

void append_processor_sets(std::vector<const Kernels *> &) {}

}  // namespace amanuensis
