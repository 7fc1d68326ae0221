#include "cpu/instruction_sets.h"

#include "common/error.h"

namespace amanuensis {

namespace portable {
extern const Kernels kKernels;
}

std::vector<const Kernels *> available_instruction_sets() {
  std::vector<const Kernels *> sets = {&portable::kKernels};
  append_processor_sets(sets);
  return sets;
}

const Kernels &kernels_named(std::string_view name) {
  const auto sets = available_instruction_sets();
  if (name == "auto") {
    return *sets.back();
  }
  std::string names = "auto";
  for (const Kernels *set : sets) {
    if (name == set->name) {
      return *set;
    }
    names += std::string(", ") + set->name;
  }
  fail(AM_ERROR_OPTION, "option \"isa\" is \"", name, "\"; this build on this processor has: ", names);
}

}  // namespace amanuensis
