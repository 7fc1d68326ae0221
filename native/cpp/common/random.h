#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace amanuensis {

/** The next of a sequence of well mixed numbers (SplitMix64). */
inline uint64_t next_random(uint64_t &state) {
  state += 0x9e3779b97f4a7c15;
  uint64_t z = state;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

/** A number from 0 up to, but never, 1. */
inline double next_fraction(uint64_t &state) {
  return static_cast<double>(next_random(state) >> 11) * 0x1p-53;
}

/** A checksum of numbers, by their bits. Four lanes, so that millions of numbers take no time that would show. */
inline uint64_t checksum_of(const float *values, int64_t count) {
  uint64_t lanes[4] = {1, 2, 3, 4};
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (int lane = 0; lane < 4; ++lane) {
      uint64_t bits;
      std::memcpy(&bits, values + i + 2 * lane, sizeof bits);
      lanes[lane] = (std::rotl(lanes[lane], 29) ^ bits) * 0x9e3779b97f4a7c15;
    }
  }
  for (; i < count; ++i) {
    lanes[0] = (std::rotl(lanes[0], 29) ^ std::bit_cast<uint32_t>(values[i])) * 0x9e3779b97f4a7c15;
  }
  uint64_t mixed = 0;
  for (const uint64_t lane : lanes) {
    mixed ^= lane;
    mixed = next_random(mixed);
  }
  return mixed;
}

}  // namespace amanuensis
