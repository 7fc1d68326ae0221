#pragma once

#include <cstdint>

namespace amanuensis {

/** Hz. The only rate that Whisper models hear. */
constexpr int64_t kSampleRate = 16000;

}  // namespace amanuensis
