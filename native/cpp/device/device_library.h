#pragma once

#include <string>

#include "device/device_table.h"

namespace amanuensis {

/** The object that drives a real device, where nothing else is said: the system's loader finds it. */
constexpr char kXrtLibrary[] = "libamanuensis_xrt.so";

/**
 * The table of `device`: emulated, which is part of this library, or xrt, which is in a shared object of its own.
 * library: its path, or a name for the system's loader. Once loaded it stays in memory for the life of the process,
 * because XRT's threads and destructors do not survive unloading. Throws AM_ERROR_DEVICE_NO_BACK_END with the loader's
 * reason, and AM_ERROR_DEVICE_VERSION.
 */
const am_device_table &device_table(const std::string &device, const std::string &library);

}  // namespace amanuensis
