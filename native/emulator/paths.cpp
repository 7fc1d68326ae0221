#include "paths.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace npu_emulator {

namespace {

bool starts_with(const char *path, const char *beginning) {
  return std::strncmp(path, beginning, std::strlen(beginning)) == 0;
}

/** Asks the kernel: the C library's functions lead back here. */
bool exists(const char *path) {
  return ::syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0;
}

}  // namespace

const std::string &folder() {
  static const std::string &path = *[] {
    const char *value = std::getenv("AMANUENSIS_NPU_EMULATOR");
    return new std::string(value == nullptr ? "" : value);
  }();
  return path;
}

Redirected::Redirected(const char *path) : path_(path) {
  if (path == nullptr || folder().empty() || (!starts_with(path, "/dev/accel") && !starts_with(path, "/sys/"))) {
    return;
  }
  mine_ = folder() + path;
  if (starts_with(path, "/dev/accel") || exists(mine_.c_str())) {
    path_ = mine_.c_str();
  }
}

void strip_folder(char *path) {
  const size_t length = folder().size();
  if (length > 0 && path != nullptr && starts_with(path, folder().c_str()) && path[length] == '/') {
    std::memmove(path, path + length, std::strlen(path + length) + 1);
  }
}

}  // namespace npu_emulator
