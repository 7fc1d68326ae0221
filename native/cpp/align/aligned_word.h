#pragma once

#include <cstdint>
#include <string>

namespace amanuensis {

/** A word and when it is said, from the beginning of its window. */
struct AlignedWord {
  std::string text;  // without surrounding white space
  int32_t start_ms = 0;
  int32_t end_ms = 0;
  double probability = 0;  // the mean of its tokens', or of its letters'
};

}  // namespace amanuensis
