#include "device/output_guard.h"

#include <cstring>

#include "common/error.h"

namespace amanuensis {
namespace {

constexpr int64_t kEvery = 64;

/** A signalling NaN: arithmetic gives quiet ones. */
constexpr uint32_t kCanary = 0xffa5c3d2u;

/** Steps sideways from row to row, so that every column of 64 rows is looked at. */
int64_t first_of(int64_t row) {
  return row * 7 % kEvery;
}

uint64_t mixed(uint64_t sum, uint64_t value) {
  sum = (sum ^ value) * 0x9e3779b97f4a7c15u;
  return sum ^ (sum >> 29);
}

uint32_t bits_of(const float *number) {
  uint32_t bits;
  std::memcpy(&bits, number, sizeof bits);
  return bits;
}

}  // namespace

uint64_t OutputGuard::input_key(const void *rows, int64_t count, int64_t row_bytes, uint64_t next) {
  uint64_t sum = next;
  const auto *row = static_cast<const unsigned char *>(rows);
  for (int64_t i = 0; i < count; ++i, row += row_bytes) {
    for (int64_t at = 0; at + 8 <= row_bytes; at += kEvery) {
      uint64_t numbers;
      std::memcpy(&numbers, row + at, sizeof numbers);
      sum = mixed(sum, numbers);
    }
  }
  return sum;
}

void OutputGuard::prepare(float *output, int64_t rows, int64_t columns) {
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = first_of(row) % columns; column < columns; column += kEvery) {
      std::memcpy(output + row * columns + column, &kCanary, sizeof kCanary);
    }
  }
}

void OutputGuard::check(const float *output, int64_t rows, int64_t columns, uint64_t key) {
  uint64_t sum = 0;
  uint32_t any = 0;
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = first_of(row) % columns; column < columns; column += kEvery) {
      const uint32_t bits = bits_of(output + row * columns + column);
      if (bits == kCanary) {
        fail(AM_ERROR_DEVICE_STALE, "a run ended well and did not write its output at row ", row, ", column ", column);
      }
      sum = mixed(sum, bits);
      any |= bits << 1;  // of either sign
    }
  }
  if (any == 0) {
    return;
  }
  const auto known = key_of_.find(sum);
  if (known != key_of_.end() && known->second != key) {
    fail(AM_ERROR_DEVICE_STALE, "a run ended well with the output of an earlier run, whose inputs were others");
  }
  if (known == key_of_.end()) {
    remember(sum, key);
  }
}

void OutputGuard::remember(uint64_t sum, uint64_t key) {
  if (order_.size() == kRemembered) {
    key_of_.erase(order_.front());
    order_.pop_front();
  }
  key_of_.emplace(sum, key);
  order_.push_back(sum);
}

}  // namespace amanuensis
