#include "audio/speech_detector.h"

#include <algorithm>
#include <cmath>

#include "common/error.h"

namespace amanuensis {
namespace {

constexpr int kMostBands = 64;
constexpr size_t kHeader = 2;

/** A header's number, which is whole and within bounds. */
int count_of(std::span<const float> numbers, size_t place, const char *name, int step, int most) {
  const float value = place < numbers.size() ? numbers[place] : 0;
  if (!(value >= static_cast<float>(step) && value <= static_cast<float>(most)) || std::fmod(value, static_cast<float>(step)) != 0) {
    fail(AM_ERROR_ARGUMENT, "numbers[", place, "], ", name, ", is ", value, "; legal: multiples of ", step, " up to ", most);
  }
  return static_cast<int>(value);
}

size_t length_of(int bands, int width) {
  const int columns = 3 * width;
  return kHeader + static_cast<size_t>((bands + width + 2) * columns + width + 1);
}

/** The unit whose parts follow one another in the numbers. */
GatedUnit unit_of(std::span<const float> numbers) {
  const int bands = count_of(numbers, 0, "the bands", 1, kMostBands);
  const int width = count_of(numbers, 1, "the units", kUnitGroup, kWidestUnit);
  if (numbers.size() != length_of(bands, width)) {
    fail(AM_ERROR_ARGUMENT, "a network of ", bands, " bands and ", width, " units has ", length_of(bands, width),
         " numbers; number_count is ", numbers.size());
  }
  if (!std::all_of(numbers.begin(), numbers.end(), [](float number) { return std::isfinite(number); })) {
    fail(AM_ERROR_NUMERIC, "the numbers hold a NaN or an infinity");
  }
  const float *at = numbers.data() + kHeader;
  const auto next = [&at](int count) {
    const float *part = at;
    at += count;
    return part;
  };
  const int columns = 3 * width;
  GatedUnit unit = {};
  unit.inputs = bands;
  unit.width = width;
  unit.input_weights = next(bands * columns);
  unit.memory_weights = next(width * columns);
  unit.input_bias = next(columns);
  unit.memory_bias = next(columns);
  unit.output_weights = next(width);
  unit.output_bias = *next(1);
  return unit;
}

}  // namespace

SpeechDetector::SpeechDetector(std::span<const float> numbers, const Kernels &kernels)
    : kernels_(kernels), numbers_(numbers.begin(), numbers.end()), unit_(unit_of(numbers_)), bands_(unit_.inputs) {}

void SpeechDetector::listen(std::span<const int16_t> samples, float *memory, float *out) const {
  constexpr size_t kGroup = kLockstepFrames * kBandFrame;
  const auto input_count = static_cast<size_t>(kLockstepFrames * unit_.inputs);
  std::vector<float> signal(kGroup), inputs(input_count), scratch(input_count);
  for (size_t first = 0; first < samples.size(); first += kGroup) {
    const std::span<const int16_t> group = samples.subspan(first, std::min(kGroup, samples.size() - first));
    std::fill(std::copy(group.begin(), group.end(), signal.begin()), signal.end(), 0.0f);
    bands_.compute(kernels_, signal.data(), scratch.data(), inputs.data());
    const int64_t frames = frames_of(static_cast<int64_t>(group.size()));
    kernels_.gated_steps(unit_, inputs.data(), frames, memory, out);
    out += frames;
  }
}

}  // namespace amanuensis
