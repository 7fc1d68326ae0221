#include "xrt/node.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "xrt/failure.h"

namespace amanuensis::xrt_device {

namespace {

constexpr char kDefaultNode[] = "/dev/accel/accel0";
constexpr char kDriver[] = "amdxdna";

std::string option_node(const am_device_option *options, int32_t option_count) {
  std::string node = kDefaultNode;
  for (int32_t i = 0; i < option_count; ++i) {
    if (std::strcmp(options[i].key, "node") != 0) {
      throw Failure(AM_DEVICE_OPTION, std::string("unknown option ") + options[i].key + "; the device xrt knows: node");
    }
    node = options[i].value;
  }
  return node;
}

void check_access(const std::string &path) {
  if (::access(path.c_str(), F_OK) != 0) {
    throw Failure(AM_DEVICE_NONE,
                  path + " is not there: " + std::strerror(errno) +
                      "; load the driver amdxdna (Linux 6.14 or later), and in a container pass the device in");
  }
  if (::access(path.c_str(), R_OK | W_OK) == 0) {
    return;
  }
  const int problem = errno;
  std::ostringstream message;
  message << path << " may not be opened: " << std::strerror(problem);
  struct stat facts;
  if (::stat(path.c_str(), &facts) == 0) {
    message << "; it belongs to user " << facts.st_uid << " and group " << facts.st_gid << " with mode " << std::oct
            << (facts.st_mode & 07777) << std::dec << ", this process has user " << ::geteuid();
  }
  message << "; add it to the node's group (in Kubernetes: supplementalGroups with the group's number)";
  throw Failure(AM_DEVICE_PERMISSION, message.str());
}

/** CAP_IPC_LOCK in force: the limit does not count then. */
bool may_lock_without_limit() {
  constexpr int kCapIpcLock = 14;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("CapEff:", 0) == 0) {
      return ((std::stoull(line.substr(7), nullptr, 16) >> kCapIpcLock) & 1) != 0;
    }
  }
  return false;
}

void check_locking() {
  rlimit limit;
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= kHeapBytes ||
      may_lock_without_limit()) {
    return;
  }
  std::ostringstream message;
  message << "RLIMIT_MEMLOCK is " << limit.rlim_cur << " bytes, the NPU's driver locks " << kHeapBytes
          << " and every buffer besides; set LimitMEMLOCK=infinity (systemd), --ulimit memlock=-1 (docker) or give the "
             "capability IPC_LOCK";
  throw Failure(AM_DEVICE_MEMLOCK, message.str());
}

std::string first_line(const std::filesystem::path &path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

}  // namespace

Node find_node(const am_device_option *options, int32_t option_count) {
  Node node;
  node.path = option_node(options, option_count);
  check_access(node.path);
  const std::filesystem::path device =
      std::filesystem::path("/sys/class/accel") / std::filesystem::path(node.path).filename() / "device";
  std::error_code missing;
  const std::filesystem::path function = std::filesystem::canonical(device, missing);
  if (missing) {
    throw Failure(AM_DEVICE_NONE, device.string() + ": " + missing.message() +
                                      "; XRT finds the device in /sys, which must be "
                                      "visible here");
  }
  const std::string driver = std::filesystem::read_symlink(device / "driver", missing).filename();
  if (driver != kDriver) {
    throw Failure(AM_DEVICE_NONE, node.path + " belongs to the driver " + (driver.empty() ? "(none)" : driver) +
                                      ", not to " + kDriver + "; it is no XDNA NPU");
  }
  check_locking();
  node.address = function.filename();
  node.label = first_line(device / "vbnv");
  node.firmware = first_line(device / "fw_version");
  return node;
}

}  // namespace amanuensis::xrt_device
