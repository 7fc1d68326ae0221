#pragma once

#include <memory>
#include <string>

#include "back_end/back_end.h"
#include "cpu/kernels.h"
#include "device/device_engine.h"

namespace amanuensis {

struct CpuOptions {
  Precision precision = Precision::kFloat32;
  bool actual_context = false;     // of the sound that is there, not the window
  std::string alignment = "auto";  // auto, dtw, ctc
  std::shared_ptr<DeviceEngine> device = nullptr;  // for the linear maps of the encoder's layers
  int64_t device_products = 3;                     // of the device that stand for one
};

/** The back end that computes the network on this processor, the encoder's linear maps on a device if there is one. */
std::unique_ptr<Model> open_cpu_model(const std::string &folder, const Kernels &kernels, const CpuOptions &options);

}  // namespace amanuensis
