#include "device.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <cstdint>
#include <string>

#include "array_facts.h"
#include "driver_interface.h"

namespace npu_emulator {

namespace {

/** A context's synchronisation object is found by its handle. */
constexpr uint32_t kSyncobjOffset = 1000;

template <typename T>
T &as(void *argument) {
  return *static_cast<T *>(argument);
}

int64_t deadline_after_ms(uint32_t timeout_ms) {
  if (timeout_ms == 0) {
    return INT64_MAX;
  }
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000000000} + now.tv_nsec + timeout_ms * int64_t{1000000};
}

}  // namespace

int Device::call(unsigned long request, void *argument) {
  if (queue_.lost()) {
    return ENODEV;
  }
  const unsigned number = _IOC_NR(request);
  const bool driver = number >= DRM_COMMAND_BASE && number < DRM_COMMAND_END;
  return driver ? call_driver(number - DRM_COMMAND_BASE, argument) : call_drm(number, argument);
}

int Device::call_drm(unsigned number, void *argument) {
  switch (number) {
    case _IOC_NR(DRM_IOCTL_GEM_CLOSE): {
      const std::lock_guard guard(lock_);
      return memory_.close(as<drm_gem_close>(argument).handle);
    }
    case _IOC_NR(DRM_IOCTL_SYNCOBJ_DESTROY): return 0;
    case _IOC_NR(DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT): {
      const auto &wait = as<drm_syncobj_timeline_wait>(argument);
      if (wait.count_handles != 1) {
        return EOPNOTSUPP;
      }
      const uint32_t handle = *reinterpret_cast<const uint32_t *>(static_cast<uintptr_t>(wait.handles));
      const uint64_t point = *reinterpret_cast<const uint64_t *>(static_cast<uintptr_t>(wait.points));
      return queue_.wait(handle - kSyncobjOffset, point, wait.timeout_nsec);
    }
    default: return EOPNOTSUPP;
  }
}

int Device::call_driver(unsigned number, void *argument) {
  switch (number) {
    case DRM_AMDXDNA_CREATE_HWCTX: return create_context(argument);
    case DRM_AMDXDNA_DESTROY_HWCTX: return queue_.destroy_context(as<amdxdna_drm_destroy_hwctx>(argument).handle);
    case DRM_AMDXDNA_CONFIG_HWCTX: return configure_context(argument);
    case DRM_AMDXDNA_CREATE_BO: return create_buffer(argument);
    case DRM_AMDXDNA_GET_BO_INFO: return describe_buffer(argument);
    case DRM_AMDXDNA_SYNC_BO: return 0;  // one memory for both sides
    case DRM_AMDXDNA_EXEC_CMD: return submit(argument);
    case DRM_AMDXDNA_WAIT_CMD: {
      const auto &wait = as<amdxdna_drm_wait_cmd>(argument);
      return queue_.wait(wait.hwctx, wait.seq, deadline_after_ms(wait.timeout));
    }
    case DRM_AMDXDNA_GET_INFO: {
      auto &info = as<amdxdna_drm_get_info>(argument);
      return array_facts(info.param, reinterpret_cast<void *>(static_cast<uintptr_t>(info.buffer)), info.buffer_size);
    }
    default: return EOPNOTSUPP;
  }
}

int Device::create_buffer(void *argument) {
  const std::lock_guard guard(lock_);
  auto &create = as<amdxdna_drm_create_bo>(argument);
  if (create.vaddr != 0) {
    return EOPNOTSUPP;  // memory of the caller's own
  }
  return memory_.create(create.type, create.size, &create.handle);
}

int Device::describe_buffer(void *argument) {
  const std::lock_guard guard(lock_);
  auto &info = as<amdxdna_drm_get_bo_info>(argument);
  const Buffer *buffer = memory_.find(info.handle);
  if (buffer == nullptr) {
    return ENOENT;
  }
  info.map_offset = buffer->file_offset;
  info.vaddr = 0;
  info.xdna_addr = buffer->device_address;
  return 0;
}

int Device::create_context(void *argument) {
  auto &create = as<amdxdna_drm_create_hwctx>(argument);
  const int problem = queue_.create_context(&create.handle);
  if (problem == 0) {
    create.syncobj_handle = faults_.without_syncobj() ? AMDXDNA_INVALID_FENCE_HANDLE : create.handle + kSyncobjOffset;
    create.umq_doorbell = AMDXDNA_INVALID_DOORBELL_OFFSET;
  }
  return problem;
}

int Device::configure_context(void *argument) {
  const auto &config = as<amdxdna_drm_config_hwctx>(argument);
  if (config.param_type != DRM_AMDXDNA_HWCTX_CONFIG_CU) {
    return EOPNOTSUPP;
  }
  const auto *units = reinterpret_cast<const amdxdna_hwctx_param_config_cu *>(static_cast<uintptr_t>(config.param_val));
  Images images;
  {
    const std::lock_guard guard(lock_);
    for (uint32_t i = 0; i < units->num_cus; ++i) {
      const Buffer *image = memory_.find(units->cu_configs[i].cu_bo);
      if (image == nullptr) {
        return EINVAL;
      }
      const auto *text = reinterpret_cast<const char *>(image->data);
      images.emplace(i, std::string(text, ::strnlen(text, image->bytes)));
    }
  }
  return queue_.configure(config.handle, std::move(images));
}

int Device::submit(void *argument) {
  auto &command = as<amdxdna_drm_exec_cmd>(argument);
  if (command.type != AMDXDNA_CMD_SUBMIT_EXEC_BUF || command.cmd_count != 1) {
    return EOPNOTSUPP;
  }
  uint64_t sequence = 0;
  const int problem = queue_.submit(command.hwctx, static_cast<uint32_t>(command.cmd_handles), &sequence);
  command.seq = sequence;
  return problem;
}

}  // namespace npu_emulator
