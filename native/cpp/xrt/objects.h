#pragma once

#include <xrt/experimental/xrt_xclbin.h>
#include <xrt/xrt_bo.h>
#include <xrt/xrt_device.h>
#include <xrt/xrt_hw_context.h>
#include <xrt/xrt_kernel.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "device/device_table.h"
#include "xrt/node.h"

/*
 * What the table's handles stand for. XRT's objects count their references: each handle holds those of everything that
 * it needs, so the order in which handles are closed does not matter to XRT.
 */

struct am_device {
  amanuensis::xrt_device::Node node;
  xrt::device device;
};

struct am_device_program {
  xrt::device device;
  xrt::hw_context context;
  xrt::kernel kernel;
  std::shared_ptr<const std::vector<uint32_t>> words;  // the instructions, which all runs share
  std::optional<xrt::bo> instructions;  // made with the first run, whose argument list says where they go
};

struct am_device_buffer {
  xrt::bo memory;
};

struct am_device_run {
  am_device_program program;  // with all that its command refers to
  std::vector<xrt::bo> arguments;
  xrt::run command;
  bool in_flight = false;  // since a start, until XRT has seen a final state
};
