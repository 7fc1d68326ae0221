#include "device/device_library.h"

#include <dlfcn.h>

#include "common/error.h"
#include "device/emulated_device.h"

namespace amanuensis {
namespace {

const am_device_table &checked(const am_device_table *table, const std::string &library) {
  if (!table) {
    fail(AM_ERROR_DEVICE_NO_BACK_END, library, ": ", AM_DEVICE_TABLE_SYMBOL, "() gave no table");
  }
  if (table->version != AM_DEVICE_TABLE_VERSION || table->size != sizeof(am_device_table)) {
    fail(AM_ERROR_DEVICE_VERSION, library, ": its device table is of version ", table->version, " and ", table->size,
         " bytes, this library's of version ", AM_DEVICE_TABLE_VERSION, " and ", sizeof(am_device_table),
         " bytes; install both from one build");
  }
  return *table;
}

}  // namespace

const am_device_table &device_table(const std::string &device, const std::string &library) {
  if (device == "emulated") {
    return checked(emulated_device_table(), "the emulated device");
  }
  // Now rather than lazily: a symbol that is missing shall be an error here and not the end of the process later.
  void *object = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!object) {
    fail(AM_ERROR_DEVICE_NO_BACK_END, "cannot load ", library, ": ", dlerror(),
         "; it needs XRT 2.25 or later, see native/README.md");
  }
  const auto table = reinterpret_cast<am_device_table_function>(dlsym(object, AM_DEVICE_TABLE_SYMBOL));
  if (!table) {
    fail(AM_ERROR_DEVICE_NO_BACK_END, library, " is no device's object: ", dlerror());
  }
  return checked(table(), library);
}

}  // namespace amanuensis
