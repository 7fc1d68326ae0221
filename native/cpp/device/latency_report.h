#pragma once

#include <string>

#include "common/options.h"

namespace amanuensis {

/**
 * What the latency model says of Whisper's encoders on XDNA2: a table for people, labelled as a model, with its inputs.
 * Options: device-gbps, device-launch-us (LatencyModel), device-tflops (one rate instead of the three that were seen),
 * host-gflops: what the processor reaches at convolutions and attention. Throws AM_ERROR_OPTION.
 */
std::string latency_report(const Options *options);

}  // namespace amanuensis
