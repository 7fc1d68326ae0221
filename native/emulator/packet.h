#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "faults.h"
#include "memory.h"

namespace npu_emulator {

/** The program images of a context, by the index of the compute unit. */
using Images = std::map<uint32_t, std::string>;

/**
 * Executes the packet in a command buffer and writes its final state: a start of a compute unit, or a chain of such.
 * With an ending other than kCompleted, kStale and kWrong nothing is computed.
 */
void execute_packet(const Buffer &command, const Images &images, const Memory &memory, Ending ending);

/** Marks a command that its context took down with it. */
void abort_packet(const Buffer &command);

}  // namespace npu_emulator
