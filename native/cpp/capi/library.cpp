#include "capi/library.h"

#include <cstdio>

#include "cpu/instruction_sets.h"

#define AMANUENSIS_STRING_OF(x) #x
#define AMANUENSIS_STRING(x) AMANUENSIS_STRING_OF(x)

namespace amanuensis {
namespace {

struct Build {
  char text[128];

  Build() noexcept {
    const char *isa = "unknown";
    try {
      isa = kernels_named("auto").name;
    } catch (...) {  // memory ran out; the description is the lesser loss
    }
    std::snprintf(text, sizeof text, "%s %s %s", AMANUENSIS_VERSION, compiler(), isa);
  }

  static const char *compiler() {
#ifdef __clang__
    return "clang-" __clang_version__;
#else
    return "gcc-" AMANUENSIS_STRING(__GNUC__) "." AMANUENSIS_STRING(__GNUC_MINOR__) "." AMANUENSIS_STRING(
        __GNUC_PATCHLEVEL__);
#endif
  }
};

}  // namespace

const char *library_build() noexcept {
  static const Build build;
  return build.text;
}

}  // namespace amanuensis
