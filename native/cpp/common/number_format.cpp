#include "common/number_format.h"

#include <cmath>
#include <cstring>

#include "common/error.h"

namespace amanuensis {

uint16_t bfloat16_of_float(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  if (std::isnan(value)) {
    return static_cast<uint16_t>(bits >> 16 |
                                 0x40);  // a NaN whose payload was in the lower half must not become infinity
  }
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

float float_of_float16(uint16_t bits) {
  // Moved to the place of a float32, the exponent is 112 too small; the product sets that right, of subnormals too.
  const uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16;
  const uint32_t magnitude = static_cast<uint32_t>(bits & 0x7fff) << 13;
  const bool special = (bits & 0x7c00) == 0x7c00;
  const float value = std::bit_cast<float>(magnitude) * 0x1p112f;
  const uint32_t value_bits = special ? magnitude | 0x7f800000 : std::bit_cast<uint32_t>(value);
  return std::bit_cast<float>(value_bits | sign);
}

int64_t first_not_finite(const float *values, int64_t count) {
  constexpr uint32_t kExponent = 0x7f800000;
  bool finite = true;
  for (int64_t i = 0; i < count; ++i) {
    finite &= (std::bit_cast<uint32_t>(values[i]) & kExponent) != kExponent;
  }
  if (finite) {
    return -1;
  }
  int64_t place = 0;
  while (std::isfinite(values[place])) {
    ++place;
  }
  return place;
}

void require_finite(const float *values, int64_t count, const char *what) {
  const int64_t place = first_not_finite(values, count);
  if (place >= 0) {
    fail(AM_ERROR_NUMERIC, what, ": element ", place, " of ", count, " is ", values[place]);
  }
}

void StatesIn::read(int32_t window, float *out) const {
  if (type_ == AM_FLOAT32) {
    const float *from = static_cast<const float *>(base_) + window * window_size_;
    std::memcpy(out, from, static_cast<size_t>(window_size_) * sizeof(float));
  } else {
    const uint16_t *from = static_cast<const uint16_t *>(base_) + window * window_size_;
    for (int64_t i = 0; i < window_size_; ++i) {
      out[i] = float_of_bfloat16(from[i]);
    }
  }
  require_finite(out, window_size_, "encoder states given");
}

void StatesOut::write(int32_t window, const float *values, int64_t count) const {
  require_finite(values, count, "encoder states computed");
  if (type_ == AM_FLOAT32) {
    float *to = static_cast<float *>(base_) + window * window_size_;
    std::memcpy(to, values, static_cast<size_t>(count) * sizeof(float));
  } else {
    uint16_t *to = static_cast<uint16_t *>(base_) + window * window_size_;
    for (int64_t i = 0; i < count; ++i) {
      to[i] = bfloat16_of_float(values[i]);
    }
  }
}

}  // namespace amanuensis
