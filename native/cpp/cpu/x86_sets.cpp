#include "cpu/instruction_sets.h"

namespace amanuensis {

namespace avx2 {
Kernels kernels();
}
namespace avx512 {
Kernels kernels();
}
namespace avx512vnni {
extern const Arithmetic kInt8Native;
extern const StepAttention kStepInt8Native;
}  // namespace avx512vnni
namespace avx512bf16 {
extern const Arithmetic kBfloat16Native, kInt8Native;
extern const EncoderAttention kAttentionNative, kAttentionInt8Native;
}  // namespace avx512bf16

namespace {

Kernels with_vnni(Kernels kernels) {
  kernels.name = "avx512vnni";
  kernels.int8 = avx512vnni::kInt8Native;
  kernels.step_int8 = avx512vnni::kStepInt8Native;
  return kernels;
}

Kernels with_bfloat16(Kernels kernels) {
  kernels.name = "avx512bf16";
  kernels.bfloat16 = avx512bf16::kBfloat16Native;
  kernels.int8 = avx512bf16::kInt8Native;
  kernels.attention_bfloat16 = avx512bf16::kAttentionNative;
  kernels.attention_int8 = avx512bf16::kAttentionInt8Native;
  return kernels;
}

}  // namespace

/** Each set has all of those before it. The compiler's checks include that the operating system saves the registers. */
void append_processor_sets(std::vector<const Kernels *> &sets) {
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
  if (!__builtin_cpu_supports("avx512vnni")) {
    return;
  }
  static const Kernels vnni = with_vnni(avx512);
  sets.push_back(&vnni);
  if (!__builtin_cpu_supports("avx512bf16")) {
    return;
  }
  static const Kernels bfloat16 = with_bfloat16(vnni);
  sets.push_back(&bfloat16);
}

}  // namespace amanuensis
