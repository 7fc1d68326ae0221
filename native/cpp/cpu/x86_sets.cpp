#include "cpu/instruction_sets.h"

namespace amanuensis {

namespace avx2 {
extern const Kernels kKernels;
}
namespace avx512 {
extern const Kernels kKernels;
}

void append_processor_sets(std::vector<const Kernels *> &sets) {
  // The compiler's check includes that the operating system saves the registers.
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    sets.push_back(&avx2::kKernels);
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl")) {
      sets.push_back(&avx512::kKernels);
    }
  }
}

}  // namespace amanuensis
