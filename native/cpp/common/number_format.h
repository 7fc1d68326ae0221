#pragma once

#include <bit>
#include <cstdint>

#include "amanuensis.h"

namespace amanuensis {

inline float float_of_bfloat16(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

/** Rounds to nearest, ties to even. NaN stays NaN. */
uint16_t bfloat16_of_float(float value);

/** IEEE half precision, subnormals included. */
float float_of_float16(uint16_t bits);

/** Encoder states as the caller stored them: [windows][positions][width] of one type. */
class StatesIn {
 public:
  StatesIn(am_type type, const void *base, int64_t window_size) : type_(type), base_(base), window_size_(window_size) {}

  /** Writes a window as float32 and throws AM_ERROR_NUMERIC if a value is not finite. out: [positions][width]. */
  void read(int32_t window, float *out) const;

 private:
  am_type type_;
  const void *base_;
  int64_t window_size_;
};

/** Where the caller wants encoder states. */
class StatesOut {
 public:
  StatesOut(am_type type, void *base, int64_t window_size) : type_(type), base_(base), window_size_(window_size) {}

  /** Stores the first `count` numbers of a window. Throws AM_ERROR_NUMERIC if one is not finite. */
  void write(int32_t window, const float *values, int64_t count) const;

 private:
  am_type type_;
  void *base_;
  int64_t window_size_;
};

/** The place of the first value that is NaN or infinite, or -1. */
int64_t first_not_finite(const float *values, int64_t count);

/** Throws AM_ERROR_NUMERIC, naming `what` and the place, if a value is NaN or infinite. */
void require_finite(const float *values, int64_t count, const char *what);

}  // namespace amanuensis
