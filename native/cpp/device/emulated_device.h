#pragma once

#include "device/device_table.h"

namespace amanuensis {

/** The device that this process computes itself: for tests, and to see what a real one would do. */
const am_device_table *emulated_device_table() noexcept;

}  // namespace amanuensis
