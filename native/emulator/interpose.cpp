/*
 * The functions of the C library that stand between XRT and the kernel. Loaded first (LD_PRELOAD, or --preload of the
 * loader), they answer for the NPU's node and for its files in /sys, and hand everything else on.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "device.h"
#include "driver_interface.h"
#include "faults.h"
#include "paths.h"

namespace npu_emulator {

namespace {

/** The library's own function of this name. */
template <typename Function>
Function *next(const char *name) {
  return reinterpret_cast<Function *>(::dlsym(RTLD_NEXT, name));
}

const Faults &faults() {
  static const Faults &all = *new Faults(folder() + "/faults");
  return all;
}

/** The openings of the node, by descriptor. Never destroyed: threads of XRT outlive the static objects of a process. */
struct Openings {
  std::mutex lock;
  std::map<int, std::shared_ptr<Device>> devices;
  const pid_t process = ::getpid();

  static Openings &all() {
    static Openings &openings = *new Openings;
    return openings;
  }

  std::shared_ptr<Device> find(int file) {
    const std::lock_guard guard(lock);
    const auto found = devices.find(file);
    return found == devices.end() ? nullptr : found->second;
  }
};

/** A child between fork and exec closes its descriptors; where it shares our memory, it must not take ours away. */
void forget(int file) {
  Openings &openings = Openings::all();
  std::shared_ptr<Device> device;
  if (::getpid() == openings.process) {
    const std::lock_guard guard(openings.lock);
    if (const auto found = openings.devices.find(file); found != openings.devices.end()) {
      device = std::move(found->second);
      openings.devices.erase(found);
    }
  }
}

/** Opens the node if that is what the path means; the node's own file says who may. */
bool open_node(const char *path, const Redirected &redirected, int flags, int *out_file) {
  if (path == nullptr || redirected.path() == path || std::string_view(path) != kNode) {
    return false;
  }
  if (faults().permission_denied()) {
    errno = EACCES;
    *out_file = -1;
    return true;
  }
  static auto *const real = next<int(const char *, int, ...)>("open");
  static auto *const real_close = next<int(int)>("close");
  const int node = real(redirected.path(), flags);
  if (node < 0) {
    *out_file = node;
    return true;
  }
  real_close(node);
  *out_file = ::memfd_create("accel0", MFD_CLOEXEC);
  if (*out_file >= 0) {
    Openings &openings = Openings::all();
    const std::lock_guard guard(openings.lock);
    openings.devices.emplace(*out_file, std::make_shared<Device>(*out_file, faults()));
  }
  return true;
}

int open_path(const char *name, const char *path, int flags, mode_t mode) {
  const Redirected redirected(path);
  int file = -1;
  if (open_node(path, redirected, flags, &file)) {
    return file;
  }
  return next<int(const char *, int, ...)>(name)(redirected, flags, mode);
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

}  // namespace

}  // namespace npu_emulator

using npu_emulator::mode_of;
using npu_emulator::next;
using npu_emulator::open_path;
using npu_emulator::Redirected;

#define SHOWN extern "C" __attribute__((visibility("default")))

SHOWN int ioctl(int file, unsigned long request, ...) noexcept {
  va_list arguments;
  va_start(arguments, request);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  if (_IOC_TYPE(request) == DRM_IOCTL_BASE) {
    if (const auto device = npu_emulator::Openings::all().find(file)) {
      const int problem = device->call(request, argument);
      errno = problem;
      return problem == 0 ? 0 : -1;
    }
  }
  static auto *const real = next<int(int, unsigned long, ...)>("ioctl");
  return real(file, request, argument);
}

SHOWN int close(int file) {
  npu_emulator::forget(file);
  static auto *const real = next<int(int)>("close");
  return real(file);
}

/** Asks the kernel, because memory is mapped before the library's own function can be looked up. */
SHOWN void *mmap(void *address, size_t bytes, int protection, int flags, int file, off_t offset) noexcept {
  if ((flags & MAP_LOCKED) != 0 && npu_emulator::Openings::all().find(file) != nullptr &&
      npu_emulator::faults().locking_refused()) {
    errno = EAGAIN;
    return MAP_FAILED;
  }
  return reinterpret_cast<void *>(::syscall(SYS_mmap, address, bytes, protection, flags, file, offset));
}

SHOWN void *mmap64(void *address, size_t bytes, int protection, int flags, int file, off64_t offset) noexcept {
  return ::mmap(address, bytes, protection, flags, file, offset);
}

SHOWN int open(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_path("open", path, flags, mode);
}

SHOWN int open64(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_path("open64", path, flags, mode);
}

SHOWN int openat(int folder, const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  const Redirected redirected(path);
  static auto *const real = next<int(int, const char *, int, ...)>("openat");
  return real(folder, redirected, flags, mode);
}

/** `open` of programs compiled with checks. */
SHOWN int __open_2(const char *path, int flags) {
  return open_path("open", path, flags, 0);
}

SHOWN FILE *fopen(const char *path, const char *mode) {
  static auto *const real = next<FILE *(const char *, const char *)>("fopen");
  return real(Redirected(path), mode);
}

SHOWN FILE *fopen64(const char *path, const char *mode) {
  static auto *const real = next<FILE *(const char *, const char *)>("fopen64");
  return real(Redirected(path), mode);
}

SHOWN DIR *opendir(const char *path) {
  static auto *const real = next<DIR *(const char *)>("opendir");
  return real(Redirected(path));
}

SHOWN int access(const char *path, int mode) noexcept {
  if (std::string_view(path) == npu_emulator::kNode && mode != F_OK && !npu_emulator::folder().empty() &&
      npu_emulator::faults().permission_denied()) {
    errno = EACCES;
    return -1;
  }
  static auto *const real = next<int(const char *, int)>("access");
  return real(Redirected(path), mode);
}

SHOWN int stat(const char *path, struct stat *out_facts) noexcept {
  static auto *const real = next<int(const char *, struct stat *)>("stat");
  return real(Redirected(path), out_facts);
}

SHOWN int stat64(const char *path, struct stat64 *out_facts) noexcept {
  static auto *const real = next<int(const char *, struct stat64 *)>("stat64");
  return real(Redirected(path), out_facts);
}

SHOWN int lstat(const char *path, struct stat *out_facts) noexcept {
  static auto *const real = next<int(const char *, struct stat *)>("lstat");
  return real(Redirected(path), out_facts);
}

SHOWN int lstat64(const char *path, struct stat64 *out_facts) noexcept {
  static auto *const real = next<int(const char *, struct stat64 *)>("lstat64");
  return real(Redirected(path), out_facts);
}

SHOWN int fstatat(int folder, const char *path, struct stat *out_facts, int flags) noexcept {
  static auto *const real = next<int(int, const char *, struct stat *, int)>("fstatat");
  return real(folder, Redirected(path), out_facts, flags);
}

SHOWN ssize_t readlink(const char *path, char *out_target, size_t size) noexcept {
  static auto *const real = next<ssize_t(const char *, char *, size_t)>("readlink");
  return real(Redirected(path), out_target, size);
}

SHOWN char *realpath(const char *path, char *out_path) noexcept {
  // The unversioned name would find the one of 1999, which does not allocate.
  static auto *const real =
      reinterpret_cast<char *(*)(const char *, char *)>(::dlvsym(RTLD_NEXT, "realpath", "GLIBC_2.3"));
  char *resolved = real(Redirected(path), out_path);
  npu_emulator::strip_folder(resolved);
  return resolved;
}
