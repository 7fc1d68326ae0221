#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "device/device_table.h"

namespace amanuensis {

/** Of a number of AM_DEVICE_FLOAT32 or AM_DEVICE_BFLOAT16. */
constexpr int64_t bytes_of_type(int32_t type) {
  return type == AM_DEVICE_BFLOAT16 ? 2 : 4;
}

/** Rows, depth and columns of a product that one run of a kernel computes. */
struct TileShape {
  int64_t m, k, n;
};

/** What an overlay computes, from the manifest that lies beside it. */
struct Overlay {
  std::string name;
  std::string container;               // path of the xclbin
  std::vector<uint32_t> instructions;  // the run-time sequence
  std::string kernel;
  bool run_time_shape = false;
  TileShape shape;                   // of every run; of a run-time shape the largest
  TileShape step;                    // a run-time shape is a multiple of it
  int32_t type_a, type_b, type_c;    // AM_DEVICE_FLOAT32, AM_DEVICE_BFLOAT16
  std::vector<int32_t> arguments;    // roles, in the kernel's order

  /** The tile for the product of at most `rows` rows with a matrix of this depth and so many columns. */
  TileShape tile(int64_t rows, int64_t depth, int64_t columns) const;
  /** Where in the kernel's list this role stands. */
  int32_t index_of(int32_t role) const;
  /** For the device's table; lives as long as this. */
  am_device_overlay describe() const;
};

/** The emulated device's: products of 512 x 512 x 512, bfloat16 in, float32 out. */
Overlay built_in_overlay();

/**
 * Reads overlay.json of a folder, and the instructions it names; see native/README.md for the format. Throws
 * AM_ERROR_DEVICE_OVERLAY that names the file and the fault. The container is looked for by the device.
 */
Overlay read_overlay(const std::string &folder);

}  // namespace amanuensis
