#pragma once

#include <cstdint>

namespace npu_emulator {

/**
 * What GET_INFO tells about the array of tiles, its clocks and its firmware: those of an XDNA2 of 8 columns. Returns an
 * errno, 0 for success.
 */
int array_facts(uint32_t parameter, void *out_buffer, uint32_t buffer_bytes);

}  // namespace npu_emulator
