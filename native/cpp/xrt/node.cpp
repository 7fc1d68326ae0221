#include "xrt/node.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "xrt/failure.h"

namespace amanuensis::xrt_device {

namespace {

constexpr char kDriver[] = "amdxdna";

std::filesystem::path sys_device(const std::filesystem::path &node) {
  return std::filesystem::path("/sys/class/accel") / node.filename() / "device";
}

/** Empty if the device has none. */
std::string driver_of(const std::filesystem::path &device) {
  std::error_code missing;
  return std::filesystem::read_symlink(device / "driver", missing).filename();
}

/** The first by name that the NPU's driver has, or what would be it on a machine with one accelerator. */
std::string default_node() {
  std::error_code missing;
  std::vector<std::string> nodes;
  for (const auto &entry : std::filesystem::directory_iterator("/sys/class/accel", missing)) {
    if (driver_of(entry.path() / "device") == kDriver) {
      nodes.push_back("/dev/accel/" + entry.path().filename().string());
    }
  }
  const auto first = std::min_element(nodes.begin(), nodes.end());
  return first == nodes.end() ? "/dev/accel/accel0" : *first;
}

std::string node_of(const am_device_option *options, int32_t option_count) {
  std::string node;
  for (int32_t i = 0; i < option_count; ++i) {
    if (std::strcmp(options[i].key, "node") != 0) {
      throw Failure(AM_DEVICE_OPTION, std::string("unknown option ") + options[i].key + "; the device xrt knows: node");
    }
    node = options[i].value;
  }
  return node.empty() ? default_node() : node;
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
  node.path = node_of(options, option_count);
  check_access(node.path);
  const std::filesystem::path device = sys_device(node.path);
  std::error_code missing;
  const std::filesystem::path function = std::filesystem::canonical(device, missing);
  if (missing) {
    throw Failure(AM_DEVICE_NONE, device.string() + ": " + missing.message() +
                                      "; XRT finds the device in /sys, which must be "
                                      "visible here");
  }
  const std::string driver = driver_of(device);
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
