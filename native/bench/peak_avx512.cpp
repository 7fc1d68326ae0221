#include <immintrin.h>

#include "peak.h"

namespace peak {
namespace {

constexpr int kSums = 24;  // as many as the kernels' tile has
constexpr int kLanes = 16;

#define REPEAT_24(X) \
  X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) X(17) X(18) X(19) X(20) \
      X(21) X(22) X(23)
#define CLEAR(i) "vpxord %%zmm" #i ", %%zmm" #i ", %%zmm" #i "\n"
#define FLOAT32(i) "vfmadd231ps %%zmm30, %%zmm31, %%zmm" #i "\n"
#define BFLOAT16(i) "vdpbf16ps %%zmm30, %%zmm31, %%zmm" #i "\n"
#define INT8(i) "vpdpbusd %%zmm30, %%zmm31, %%zmm" #i "\n"
#define TURNS(STEP)                                                                                               \
  asm volatile(REPEAT_24(CLEAR) CLEAR(30) CLEAR(31) ".p2align 5\n1:\n" REPEAT_24(STEP) "dec %0\n jnz 1b\n"        \
               : "+r"(count)                                                                                      \
               :                                                                                                  \
               : "cc", "zmm0", "zmm1", "zmm2", "zmm3", "zmm4", "zmm5", "zmm6", "zmm7", "zmm8", "zmm9", "zmm10",   \
                 "zmm11", "zmm12", "zmm13", "zmm14", "zmm15", "zmm16", "zmm17", "zmm18", "zmm19", "zmm20",        \
                 "zmm21", "zmm22", "zmm23", "zmm30", "zmm31")

void float32(int64_t count) {
  TURNS(FLOAT32);
}
void bfloat16(int64_t count) {
  TURNS(BFLOAT16);
}
void int8(int64_t count) {
  TURNS(INT8);
}

constexpr Loop kLoops[] = {{"float32 vfmadd231ps", 2 * kSums * kLanes, float32},
                           {"bfloat16 vdpbf16ps", 4 * kSums * kLanes, bfloat16},
                           {"int8 vpdpbusd", 8 * kSums * kLanes, int8}};

}  // namespace

const Loop *loops() {
  return kLoops;
}

}  // namespace peak
