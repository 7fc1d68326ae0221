#pragma once

#include <chrono>
#include <memory>

#include "back_end/back_end.h"
#include "cpu/kernels.h"

namespace amanuensis {

/**
 * The back end without a network. Log-mel is Whisper's; a state is a hash of its two log-mel frames; text is a few
 * words chosen by a hash of the states. Equal states everywhere, as silence and zeroed states give, are no speech.
 * folder: null, or a Whisper folder whose shapes are taken; its weights and its tokenizer are not read.
 * hold: how long every encode waits. actual_context: as in CpuOptions.
 */
std::unique_ptr<Model> open_echo_model(const char *folder, std::chrono::milliseconds hold, const Kernels &kernels,
                                       bool actual_context);

}  // namespace amanuensis
