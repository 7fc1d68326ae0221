#pragma once

#include <cstdint>
#include <string>

#include "device/device_table.h"

namespace amanuensis::xrt_device {

/** An NPU as the kernel shows it. */
struct Node {
  std::string path;     // /dev/accel/accel0
  std::string address;  // on the PCI bus: 0000:c4:00.1
  std::string label;    // as the driver names it; "" where it does not
  std::string firmware;
};

/** What the driver's library locks in memory when it opens the device. */
constexpr uint64_t kHeapBytes = uint64_t{64} << 20;

/**
 * The node of the option `node`, without XRT, whose messages do not tell these cases apart. Throws a Failure for the
 * first of: an unknown option, AM_DEVICE_NONE, AM_DEVICE_PERMISSION, AM_DEVICE_MEMLOCK; each says what to do.
 */
Node find_node(const am_device_option *options, int32_t option_count);

}  // namespace amanuensis::xrt_device
