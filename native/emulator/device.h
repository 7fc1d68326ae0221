#pragma once

#include <cstdint>
#include <mutex>

#include "command_queue.h"
#include "faults.h"
#include "memory.h"

namespace npu_emulator {

/** One opening of the emulated NPU: what the amdxdna driver keeps for a descriptor of its node. */
class Device {
 public:
  /** file: where the buffers are, and what XRT holds as the device's descriptor. */
  Device(int file, const Faults &faults) : faults_(faults), memory_(file, faults), queue_(memory_, faults, lock_) {}

  /** A system call of the driver or of DRM. Returns an errno, 0 for success. */
  int call(unsigned long request, void *argument);

 private:
  int call_drm(unsigned number, void *argument);
  int call_driver(unsigned number, void *argument);
  int create_buffer(void *argument);
  int describe_buffer(void *argument);
  int create_context(void *argument);
  int configure_context(void *argument);
  int submit(void *argument);

  const Faults &faults_;
  std::mutex lock_;
  Memory memory_;
  CommandQueue queue_;
};

}  // namespace npu_emulator
