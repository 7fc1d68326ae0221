#pragma once

#include <memory>
#include <string>

#include "back_end/back_end.h"
#include "cpu/kernels.h"

namespace amanuensis {

struct CpuOptions {
  Precision precision = Precision::kFloat32;
  bool actual_context = false;     // of the sound that is there, not the window
  std::string alignment = "auto";  // auto, dtw, ctc
};

/** The back end that computes the network on this processor. */
std::unique_ptr<Model> open_cpu_model(const std::string &folder, const Kernels &kernels, const CpuOptions &options);

}  // namespace amanuensis
