#pragma once

#include <memory>
#include <string>

#include "back_end/back_end.h"
#include "cpu/kernels.h"

namespace amanuensis {

/** The back end that computes the network on this processor. actual_context: of the sound that is there, not the window. */
std::unique_ptr<Model> open_cpu_model(const std::string &folder, const Kernels &kernels, Precision precision,
                                      bool actual_context);

}  // namespace amanuensis
