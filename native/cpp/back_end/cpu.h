#pragma once

#include <memory>
#include <string>

#include "back_end/back_end.h"
#include "cpu/kernels.h"

namespace amanuensis {

/** The back end that computes the network on this processor, in float32. */
std::unique_ptr<Model> open_cpu_model(const std::string &folder, const Kernels &kernels, Precision precision);

}  // namespace amanuensis
