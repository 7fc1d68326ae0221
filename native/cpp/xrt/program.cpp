#include "xrt/program.h"

#include <xrt/experimental/xrt_system.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "xrt/failure.h"

namespace amanuensis::xrt_device {

namespace {

xrt::xclbin read_container(const am_device_overlay &overlay) {
  xrt::xclbin container;
  try {
    container = xrt::xclbin(std::string(overlay.container));
  } catch (const std::exception &error) {
    throw Failure(AM_DEVICE_OVERLAY, std::string(overlay.container) + ": " + error.what());
  }
  std::string names;
  for (const xrt::xclbin::kernel &kernel : container.get_kernels()) {
    if (kernel.get_name() == overlay.kernel) {
      return container;
    }
    names += (names.empty() ? "" : ", ") + kernel.get_name();
  }
  throw Failure(AM_DEVICE_OVERLAY, std::string(overlay.container) + " has no kernel " + overlay.kernel + "; it has " +
                                       (names.empty() ? "none" : names));
}

void register_container(xrt::device device, const xrt::xclbin &container, const char *path) {
  try {
    device.register_xclbin(container);
  } catch (const std::system_error &error) {
    throw Failure(status_of(error.code()) == AM_DEVICE_LOST ? AM_DEVICE_LOST : AM_DEVICE_OVERLAY,
                  std::string(path) + ": " + error.what());
  } catch (const std::exception &error) {
    throw Failure(AM_DEVICE_OVERLAY, std::string(path) + ": " + error.what());
  }
}

xrt::hw_context make_context(const xrt::device &device, const xrt::uuid &container) {
  try {
    return xrt::hw_context(device, container);
  } catch (const std::system_error &error) {
    const am_device_status status = status_of(error.code());
    if (status == AM_DEVICE_MEMORY || status == AM_DEVICE_MEMLOCK || status == AM_DEVICE_PERMISSION) {
      throw;
    }
    // The driver says ENODEV for a device that has gone and for one that has no room for a context.
    if (status == AM_DEVICE_LOST && !answers(device)) {
      throw;
    }
    throw Failure(
        AM_DEVICE_CONTEXTS,
        std::string("no hardware context: ") + error.what() +
            "; all are taken by this and other processes, or, with errno 22, the IOMMU is not set up for the NPU");
  }
}

}  // namespace

std::unique_ptr<am_device> open_device(const am_device_option *options, int32_t option_count) {
  auto device = std::make_unique<am_device>();
  device->node = find_node(options, option_count);
  if (xrt::system::enumerate_devices() == 0) {
    throw Failure(AM_DEVICE_NONE, device->node.path +
                                      " is there, but XRT finds no device; install its NPU plug-in (libxrt-npu2) "
                                      "of the same version");
  }
  device->device = xrt::device(device->node.address);
  return device;
}

void reopen_device(am_device &device) {
  device.device = xrt::device();  // XRT opens the node anew only when the last user of the old one has gone
  const am_device_option node = {"node", device.node.path.c_str()};
  device.node = find_node(&node, 1);
  device.device = xrt::device(device.node.address);
  if (!answers(device.device)) {
    throw Failure(AM_DEVICE_LOST, device.node.path + " does not answer");
  }
}

bool answers(const xrt::device &device) noexcept {
  try {
    const xrt::bo probe(device, 4096, xrt::bo::flags::host_only, 0);
    return true;
  } catch (const std::system_error &error) {
    return status_of(error.code()) != AM_DEVICE_LOST;
  } catch (...) {
    return false;
  }
}

am_device_facts facts_of(const Node &node) {
  am_device_facts facts = {};
  std::snprintf(facts.name, sizeof facts.name, "%s", node.label.c_str());
  std::snprintf(facts.driver, sizeof facts.driver, "amdxdna, XRT %s", xrt_build_version);
  std::snprintf(facts.firmware, sizeof facts.firmware, "%s", node.firmware.c_str());
  std::snprintf(facts.node, sizeof facts.node, "%s", node.path.c_str());
  return facts;
}

std::unique_ptr<am_device_program> load_program(const am_device &device, const am_device_overlay &overlay) {
  if (!device.device) {
    throw Failure(AM_DEVICE_LOST, device.node.path + " could not be opened again");
  }
  auto program = std::make_unique<am_device_program>();
  program->device = device.device;
  const xrt::xclbin container = read_container(overlay);
  register_container(program->device, container, overlay.container);
  program->context = make_context(program->device, container.get_uuid());
  program->kernel = xrt::kernel(program->context, overlay.kernel);
  program->words = std::make_shared<const std::vector<uint32_t>>(overlay.instructions,
                                                                 overlay.instructions + overlay.instruction_words);
  return program;
}

std::unique_ptr<am_device_buffer> open_buffer(const am_device_program &program, int32_t argument_index, int64_t bytes) {
  if (bytes < 1) {
    throw Failure(AM_DEVICE_ARGUMENT, "a buffer of " + std::to_string(bytes) + " bytes");
  }
  auto buffer = std::make_unique<am_device_buffer>();
  // The device reads and writes host memory; it has none of its own.
  buffer->memory = xrt::bo(program.device, static_cast<size_t>(bytes), xrt::bo::flags::host_only,
                           program.kernel.group_id(argument_index));
  std::memset(buffer->memory.map<void *>(), 0, static_cast<size_t>(bytes));
  buffer->memory.sync(XCL_BO_SYNC_BO_TO_DEVICE);
  return buffer;
}

}  // namespace amanuensis::xrt_device
