#include "device/device_settings.h"

#include "common/error.h"
#include "device/device_library.h"

namespace amanuensis {
namespace {

constexpr std::string_view kPrefix = "device-";

/** What only the emulated device can be asked for. */
constexpr std::string_view kOfEmulated[] = {"device-faults", "device-fault-file", "device-latency", "device-rounding"};

/** What only a real device can be asked for: the emulated one has no node and is part of this library. */
constexpr std::string_view kOfXrt[] = {"device-library", "device-node"};

/** Options of the latency model, which is also what the emulated device waits by. */
constexpr std::string_view kOfLatency[] = {"device-gbps", "device-launch-us", "device-tflops"};

void pass_on(const OptionReader &reader, std::string_view key, Options &to) {
  if (reader.has(key)) {
    to.emplace(key.substr(kPrefix.size()), reader.text(key, ""));
  }
}

}  // namespace

const std::vector<std::string_view> &device_option_keys() {
  static const std::vector<std::string_view> keys = {
      "device",           "device-fault-file", "device-faults",   "device-gbps",    "device-latency",
      "device-launch-us", "device-library",    "device-node",     "device-overlay", "device-products",
      "device-queue",     "device-rounding",   "device-run-timeout-ms", "device-tflops"};
  return keys;
}

DeviceSettings read_device_settings(const OptionReader &reader) {
  DeviceSettings settings;
  settings.device = reader.choice("device", "xrt", {"xrt", "emulated"});
  settings.library = reader.text("device-library", kXrtLibrary);
  settings.overlay = reader.text("device-overlay", "");
  settings.run_timeout = std::chrono::milliseconds(reader.integer("device-run-timeout-ms", 6000, 1, 86400000));
  settings.queue = reader.integer("device-queue", 8, 1, 1024);
  settings.products = reader.choice("device-products", "3", {"1", "3"}) == "1" ? 1 : 3;
  const LatencyModel usual;
  settings.latency = {reader.number("device-tflops", usual.tflops, 0.001, 1e6),
                      reader.number("device-gbps", usual.gigabytes_a_second, 0.001, 1e6),
                      reader.number("device-launch-us", usual.launch_us, 0, 1e9)};
  const bool emulated = settings.device == "emulated";
  for (const std::string_view key : kOfEmulated) {
    if (!emulated && reader.has(key)) {
      fail(AM_ERROR_OPTION, "option \"", key, "\" is for device emulated, not for ", settings.device);
    }
    pass_on(reader, key, settings.table_options);
  }
  for (const std::string_view key : kOfXrt) {
    if (emulated && reader.has(key)) {
      fail(AM_ERROR_OPTION, "option \"", key, "\" is for device xrt, not for emulated: leave it out");
    }
  }
  if (emulated) {
    for (const std::string_view key : kOfLatency) {
      pass_on(reader, key, settings.table_options);
    }
  } else {
    pass_on(reader, "device-node", settings.table_options);
    if (settings.overlay.empty()) {
      fail(AM_ERROR_OPTION,
           "device xrt needs option \"device-overlay\": the folder of overlay.json, see native/README.md");
    }
  }
  return settings;
}

std::string DeviceSettings::key() const {
  std::string key = device + '\n' + library + '\n' + overlay + '\n' + std::to_string(run_timeout.count()) + '\n' +
                    std::to_string(queue) + '\n' + std::to_string(latency.tflops) + '\n' +
                    std::to_string(latency.gigabytes_a_second) + '\n' + std::to_string(latency.launch_us);
  for (const auto &[name, value] : table_options) {
    key += '\n' + name + '=' + value;
  }
  return key;
}

}  // namespace amanuensis
