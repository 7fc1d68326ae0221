#include "xrt/failure.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace amanuensis::xrt_device {

namespace {

thread_local char message_of_thread[1024] = "";

}  // namespace

am_device_status status_of(const std::error_code &code) noexcept {
  switch (std::abs(code.value())) {
    case ENODEV:
    case EIO:
    case ENXIO: return AM_DEVICE_LOST;
    case EACCES:
    case EPERM: return AM_DEVICE_PERMISSION;
    case EAGAIN: return AM_DEVICE_MEMLOCK;
    case ENOMEM: return AM_DEVICE_MEMORY;
    case EINVAL: return AM_DEVICE_ARGUMENT;
    default: return AM_DEVICE_INTERNAL;
  }
}

am_device_status report(am_device_status status, const char *message) noexcept {
  std::snprintf(message_of_thread, sizeof message_of_thread, "%s", message);
  // XRT ends some of its messages with a line end.
  for (size_t length = std::strlen(message_of_thread); length > 0 && message_of_thread[length - 1] == '\n'; --length) {
    message_of_thread[length - 1] = '\0';
  }
  return status;
}

const char *last_message() noexcept {
  return message_of_thread;
}

}  // namespace amanuensis::xrt_device
