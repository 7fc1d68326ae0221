#include "cpu/instruction_sets.h"

namespace amanuensis {

namespace avx2 {
Kernels kernels();
}
namespace avx512 {
Kernels kernels();
}

void append_processor_sets(std::vector<const Kernels *> &sets) {
  // The compiler's check includes that the operating system saves the registers.
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    return;
  }
  static const Kernels avx2 = avx2::kernels();
  sets.push_back(&avx2);
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl")) {
    return;
  }
  static const Kernels avx512 = avx512::kernels();
  sets.push_back(&avx512);
}

}  // namespace amanuensis
