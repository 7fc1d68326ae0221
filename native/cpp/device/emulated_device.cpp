#include "device/emulated_device.h"

namespace amanuensis {
namespace {

am_device_status nothing(const am_device_option *, int32_t, am_device_facts *) {
  return AM_DEVICE_NONE;
}

const char *no_error() {
  return "the emulated device is not built yet";
}

constexpr am_device_table kTable = {.version = AM_DEVICE_TABLE_VERSION,
                                    .size = sizeof(am_device_table),
                                    .name = "emulated",
                                    .probe = nothing,
                                    .open = [](const am_device_option *, int32_t, am_device **) { return am_device_status{AM_DEVICE_NONE}; },
                                    .close = nullptr,
                                    .facts = nullptr,
                                    .program_load = nullptr,
                                    .program_close = nullptr,
                                    .buffer_open = nullptr,
                                    .buffer_map = nullptr,
                                    .buffer_sync = nullptr,
                                    .buffer_close = nullptr,
                                    .run_open = nullptr,
                                    .run_start = nullptr,
                                    .run_wait = nullptr,
                                    .run_close = nullptr,
                                    .reset = nullptr,
                                    .last_error = no_error};

}  // namespace

const am_device_table *emulated_device_table() noexcept {
  return &kTable;
}

}  // namespace amanuensis
