#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace amanuensis {

/** How a window is to be decoded. */
struct DecodeOptions {
  std::string language;  // a code, "auto", or "" for the model's default
  bool translate = false;
  bool timestamps = true;
  int64_t max_tokens = 0;   // 1 to decoder positions
  int64_t min_tokens = 0;   // before as many, the text does not end
  int64_t beam_size = 1;    // 1: greedy, or sampled
  double temperature = 0;   // above 0: sampled; only with a beam of 1
};

/** What decoding made of a window. */
struct DecodedWindow {
  std::vector<int32_t> tokens;  // after the prompt, end of text left out
  std::string text;             // without timestamps and surrounding white space
  std::string language;         // a code
  double average_log_probability = 0;
  double no_speech_probability = 0;
  bool end_reached = false;
};

}  // namespace amanuensis
