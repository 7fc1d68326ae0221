#pragma once

#include <cstdint>
#include <string_view>

#include "memory.h"

namespace npu_emulator {

/** The arguments of a command, as the kernel finds them in its registers: opcode, instructions, their number, A, B, C.
 */
struct KernelArguments {
  uint64_t opcode = 0;
  uint64_t instructions = 0;
  uint32_t instruction_words = 0;
  uint64_t a = 0, b = 0, c = 0;
};

/**
 * Runs the kernel that a program image (PDI) stands for. The image is text, `amanuensis gemm M K N`, and C [M][N] = A
 * [M][K] x B [K][N], A and B bfloat16, C float32, all row-major. The instructions must be those that make_overlay.sh
 * writes for these shapes, because a device without its instructions does nothing. False, with the reason on the
 * standard error stream: the command ends in state ERROR.
 */
bool run_kernel(std::string_view image, const KernelArguments &arguments, const Memory &memory);

/** The first instruction word of an emulated kernel; M, K and N follow. */
constexpr uint32_t kInstructionMark = 0x4D454741;

/** Makes the first element of the result wrong by half of itself and one. Nothing if the image stands for no kernel. */
void spoil_result(std::string_view image, const KernelArguments &arguments, const Memory &memory);

}  // namespace npu_emulator
