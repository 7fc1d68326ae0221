#pragma once

#include "model/whisper.h"

namespace bench {

/** A Whisper without an encoder, with random weights in memory, and a vocabulary of bytes, specials and timestamps. */
amanuensis::Whisper random_whisper(const amanuensis::Dimensions &dimensions, const amanuensis::Kernels &kernels,
                                   amanuensis::Precision precision);

/** The decoder of Whisper base, and one that takes no time. */
amanuensis::Dimensions base_dimensions();
amanuensis::Dimensions small_dimensions();

/** Signed numbers of about the size of encoder states. */
std::vector<float> random_states(const amanuensis::Dimensions &dimensions, uint64_t seed);

}  // namespace bench
