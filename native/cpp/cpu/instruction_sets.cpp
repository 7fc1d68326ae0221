#include "cpu/instruction_sets.h"

#include "common/error.h"

namespace amanuensis {

namespace portable {
Kernels kernels();
}

std::vector<const Kernels *> available_instruction_sets() {
  static const Kernels portable = portable::kernels();
  std::vector<const Kernels *> sets = {&portable};
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

Precision precision_named(std::string_view name, const Kernels &kernels) {
  if (name == "auto") {
    return kernels.bfloat16.left == Number::kBfloat16 ? Precision::kBfloat16 : Precision::kFloat32;
  }
  return name == "int8" ? Precision::kInt8 : name == "bf16" ? Precision::kBfloat16 : Precision::kFloat32;
}

const char *name_of(Precision precision) {
  switch (precision) {
    case Precision::kInt8: return "int8";
    case Precision::kBfloat16: return "bf16";
    default: return "f32";
  }
}

}  // namespace amanuensis
