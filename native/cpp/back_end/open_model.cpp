#include "back_end/open_model.h"

#include <chrono>

#include "back_end/cpu.h"
#include "back_end/echo.h"
#include "common/error.h"
#include "cpu/instruction_sets.h"

namespace amanuensis {
namespace {

std::vector<std::string_view> legal_keys() {
  std::vector<std::string_view> keys = {"alignment", "audio-context", "back-end", "echo-hold-ms", "isa", "precision"};
  keys.insert(keys.end(), device_option_keys().begin(), device_option_keys().end());
  return keys;
}

}  // namespace

std::unique_ptr<Model> open_model(const char *folder, const Options *options) {
  const OptionReader reader(options, legal_keys());
  const std::string back_end = reader.choice("back-end", "cpu", {"cpu", "echo", "npu"});
  for (const std::string_view key : device_option_keys()) {
    if (back_end != "npu" && reader.has(key)) {
      fail(AM_ERROR_OPTION, "option \"", key, "\" is for back-end npu, not for ", back_end);
    }
  }
  reader.choice("isa", "auto", {"auto", "portable", "avx2", "avx512", "avx512vnni", "avx512bf16"});
  const Kernels &kernels = kernels_named(reader.text("isa", "auto"));
  const std::string precision = reader.choice("precision", "auto", {"auto", "f32", "bf16", "int8"});
  const std::string alignment = reader.choice("alignment", "auto", {"auto", "ctc", "dtw"});
  const bool actual_context = reader.choice("audio-context", "full", {"full", "actual"}) == "actual";
  if (back_end == "echo") {
    const std::chrono::milliseconds hold(reader.integer("echo-hold-ms", 0, 0, 600000));
    return open_echo_model(folder, hold, kernels, actual_context);
  }
  if (reader.has("echo-hold-ms")) {
    fail(AM_ERROR_OPTION, "option \"echo-hold-ms\" is for back-end echo, not for ", back_end);
  }
  if (!folder) {
    fail(AM_ERROR_ARGUMENT, "folder is null; only back-end echo opens without a model folder");
  }
  CpuOptions opened = {precision_named(precision, kernels), actual_context, alignment};
  if (back_end == "npu") {
    const DeviceSettings settings = read_device_settings(reader);
    opened.device_products = settings.products;
    opened.device = DeviceEngine::shared(settings);
  }
  return open_cpu_model(folder, kernels, opened);
}

}  // namespace amanuensis
