#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "common/options.h"
#include "device/latency_model.h"

namespace amanuensis {

/** Which device, and how it is used: the device options of am_model_open. */
struct DeviceSettings {
  std::string device;   // xrt, emulated
  std::string library;  // of xrt
  std::string overlay;  // folder; "" for the emulated device's own
  std::chrono::milliseconds run_timeout;
  int64_t queue;
  int64_t products;  // of a model, not of the device: 1 or 3, see place_on_device
  LatencyModel latency;
  Options table_options;  // what the device's table is opened with

  /** Equal for settings that share a device. */
  std::string key() const;
};

/** The keys of am_model_open that read_device_settings looks at. */
const std::vector<std::string_view> &device_option_keys();

/** Throws AM_ERROR_OPTION. */
DeviceSettings read_device_settings(const OptionReader &reader);

}  // namespace amanuensis
