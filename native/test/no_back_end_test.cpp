// Where the object that drives an NPU cannot be loaded, that is a status with the loader's reason, and nothing else
// happens.

#include <dlfcn.h>

#include <string>

#include "check.h"
#include "common/error.h"
#include "device/device_library.h"

namespace {

/** What loading the object says; skips where it can be loaded. */
std::string refusal(const std::string &library) {
  try {
    amanuensis::device_table("xrt", library);
  } catch (const amanuensis::Error &error) {
    CHECK_EQUAL(error.status(), AM_ERROR_DEVICE_NO_BACK_END);
    return error.what();
  }
  throw check::Skip{library + " can be loaded on this machine"};
}

void check_refusal(const std::string &library, const std::string &reason) {
  const std::string message = refusal(library);
  if (message.find(library) == std::string::npos || message.find(reason) == std::string::npos ||
      message.find("XRT 2.25") == std::string::npos) {
    check::failed(__FILE__, __LINE__, "\"", message, "\" does not name ", library, ", \"", reason, "\" and XRT 2.25");
  }
}

}  // namespace

TEST(says_what_was_looked_for) {
  check_refusal("/nowhere/libamanuensis_xrt.so", "cannot open shared object file");
}

TEST(looks_where_the_loader_does) {
  check_refusal(amanuensis::kXrtLibrary, "cannot open shared object file");
}

#ifdef XRT_LIBRARY

TEST(needs_xrt) {
  check_refusal(XRT_LIBRARY, "libxrt_coreutil.so.2: cannot open shared object file");
}

/** XRT of Debian 13 on a system with an older C library, as Debian 12. */
TEST(needs_a_system_that_xrt_runs_on) {
  if (void *const xrt = ::dlopen(XRT_CORE, RTLD_NOW | RTLD_LOCAL)) {
    ::dlclose(xrt);
    throw check::Skip{"XRT can be loaded on this machine"};
  }
  const std::string reason = ::dlerror();
  CHECK(reason.find("GLIBC") != std::string::npos);
  const std::string message = refusal(XRT_LIBRARY_THAT_FINDS_XRT);
  CHECK(message.find("not found") != std::string::npos);
  CHECK(message.find("GLIBC") != std::string::npos);
}

#endif
