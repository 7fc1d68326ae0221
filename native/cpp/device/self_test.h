#pragma once

#include <string>

#include "device/device_engine.h"

namespace amanuensis {

/** What the device's table says of itself before anything is opened: "name: value" lines. Throws what is missing. */
std::string probe_device(const DeviceSettings &settings);

/**
 * Multiplies on the device what can be told apart: numbers of which every place in the result is known to the bit, and
 * signed random ones, compared with double precision; in shapes that fill no tile. Returns what it saw, "name: value"
 * lines. Throws AM_ERROR_DEVICE_WRONG that says where a result was wrong, and the failures of runs.
 */
std::string self_test(DeviceEngine &engine);

}  // namespace amanuensis
