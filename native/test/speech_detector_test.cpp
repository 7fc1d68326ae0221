/*
 * The speech detector: its kernels on every instruction set against plain double-precision loops, and the promises of its part
 * of the C interface.
 */
#include <cstring>
#include <numbers>

#include "api.h"
#include "audio/speech_detector.h"
#include "check.h"
#include "cpu/instruction_sets.h"
#include "support.h"

namespace {

using namespace amanuensis;

constexpr unsigned kSeed = 20261121;
constexpr int kBands = 24, kWidth = 48;

using Detector = std::unique_ptr<am_detector, api::Closer<am_detector_close>>;

/** A network of random weights that remembers for a while. */
std::vector<float> network(int bands, int width) {
  std::mt19937 random(kSeed);
  std::vector<float> numbers =
      support::normal_numbers(static_cast<size_t>((bands + width + 2) * 3 * width + width + 1) + 2, random);
  for (float &number : numbers) {
    number *= 0.4f;
  }
  numbers[0] = static_cast<float>(bands);
  numbers[1] = static_cast<float>(width);
  return numbers;
}

Detector open_detector(const std::vector<float> &numbers) {
  am_detector *handle = nullptr;
  api::require_ok(am_detector_open(numbers.data(), static_cast<int64_t>(numbers.size()), &handle));
  return Detector(handle);
}

std::vector<int16_t> sound(size_t samples, double amplitude) {
  std::mt19937 random(kSeed);
  std::vector<int16_t> result;
  for (const float x : support::normal_numbers(samples, random)) {
    const double tone = std::sin(0.05 * static_cast<double>(result.size()));
    result.push_back(static_cast<int16_t>(amplitude * (tone + 0.2 * static_cast<double>(x))));
  }
  return result;
}

/** By the definition of the transform and of the bands. */
std::vector<double> naive_bands(const int16_t *samples) {
  constexpr double kPi = std::numbers::pi;
  std::vector<double> power;
  for (int k = 0; k <= 256; ++k) {
    double re = 0, im = 0;
    for (int n = 0; n < 320; ++n) {
      const double x = samples[n] / 32768.0 * (0.5 - 0.5 * std::cos(2 * kPi * (n + 0.5) / 320)) / 160;
      re += x * std::cos(2 * kPi * k * n / 512);
      im -= x * std::sin(2 * kPi * k * n / 512);
    }
    power.push_back(re * re + im * im);
  }
  const auto mel = [](double hz) { return 2595 * std::log10(1 + hz / 700); };
  const auto hz_of = [](double m) { return 700 * (std::pow(10, m / 2595) - 1); };
  const double step = (mel(3800) - mel(100)) / (kBands + 1);
  std::vector<double> bands;
  for (int band = 0; band < kBands; ++band) {
    const double low = hz_of(mel(100) + band * step), centre = hz_of(mel(100) + (band + 1) * step),
                 high = hz_of(mel(100) + (band + 2) * step);
    double sum = 0, weights = 0;
    for (int k = 0; k <= 256; ++k) {
      const double hz = k * 16000.0 / 512;
      const double weight = std::max(0.0, std::min((hz - low) / (centre - low), (high - hz) / (high - centre)));
      sum += weight * power[static_cast<size_t>(k)];
      weights += weight;
    }
    bands.push_back((std::log2(sum / weights + 1e-8) + 18) / 5);
  }
  return bands;
}

double logistic(double x) {
  return 1 / (1 + std::exp(-x));
}

/** One step, in double precision. */
double naive_step(const std::vector<float> &numbers, int bands, int width, const std::vector<double> &input,
                  std::vector<double> &memory) {
  const int columns = 3 * width;
  const float *at = numbers.data() + 2;
  std::vector<double> from_input, from_memory;
  for (int c = 0; c < columns; ++c) {
    double in = at[(bands + width) * columns + c], own = at[(bands + width + 1) * columns + c];
    for (int i = 0; i < bands; ++i) {
      in += static_cast<double>(at[i * columns + c]) * input[static_cast<size_t>(i)];
    }
    for (int i = 0; i < width; ++i) {
      own += static_cast<double>(at[(bands + i) * columns + c]) * memory[static_cast<size_t>(i)];
    }
    from_input.push_back(in);
    from_memory.push_back(own);
  }
  const float *output = at + (bands + width + 2) * columns;
  double sum = output[width];
  for (size_t i = 0; i < static_cast<size_t>(width); ++i) {
    const auto w = static_cast<size_t>(width);
    const double reset = logistic(from_input[i] + from_memory[i]);
    const double update = logistic(from_input[w + i] + from_memory[w + i]);
    const double fresh = std::tanh(from_input[2 * w + i] + reset * from_memory[2 * w + i]);
    memory[i] = fresh + update * (memory[i] - fresh);
    sum += static_cast<double>(output[i]) * memory[i];
  }
  return logistic(sum);
}

/** What a detector on these kernels makes of a sound: the probabilities, and the memory behind them. */
std::vector<float> heard(const Kernels &kernels, const std::vector<float> &numbers, const std::vector<int16_t> &samples) {
  const SpeechDetector detector(numbers, kernels);
  std::vector<float> memory(static_cast<size_t>(detector.memory_length()));
  std::vector<float> out(static_cast<size_t>(SpeechDetector::frames_of(static_cast<int64_t>(samples.size()))));
  detector.listen(samples, memory.data(), out.data());
  out.insert(out.end(), memory.begin(), memory.end());
  return out;
}

bool same_bits(const std::vector<float> &a, const std::vector<float> &b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace

TEST(probabilities_are_those_of_the_definition) {
  for (const double amplitude : {20000.0, 300.0, 3.0}) {
    const std::vector<float> numbers = network(kBands, kWidth);
    const std::vector<int16_t> samples = sound(37 * 320, amplitude);
    std::vector<double> memory(kWidth);
    std::vector<float> expected;
    for (size_t frame = 0; frame < 37; ++frame) {
      expected.push_back(static_cast<float>(
          naive_step(numbers, kBands, kWidth, naive_bands(samples.data() + 320 * frame), memory)));
    }
    expected.insert(expected.end(), memory.begin(), memory.end());
    CHECK(*std::max_element(expected.begin(), expected.begin() + 37) -
              *std::min_element(expected.begin(), expected.begin() + 37) >
          0.01f);
    for (const Kernels *kernels : available_instruction_sets()) {
      CHECK_AT_MOST(support::largest_difference(heard(*kernels, numbers, samples), expected), 2e-4);
    }
  }
}

TEST(every_instruction_set_computes_the_same_bits) {
  for (const int width : {48, 96, 144, 192}) {
    for (const int bands : {1, 24, 64}) {
      const std::vector<float> numbers = network(bands, width);
      const std::vector<int16_t> samples = sound(100 * 320 + 17, 8000);
      const std::vector<float> expected = heard(*available_instruction_sets().front(), numbers, samples);
      for (const Kernels *kernels : available_instruction_sets()) {
        CHECK(same_bits(heard(*kernels, numbers, samples), expected));
      }
    }
  }
}

TEST(pieces_sound_like_the_whole) {
  const auto detector = open_detector(network(kBands, kWidth));
  const std::vector<int16_t> samples = sound(50 * 320 + 100, 8000);
  std::vector<float> memory(kWidth), whole(51);
  api::require_ok(am_detector_listen(detector.get(), samples.data(), 50 * 320 + 100, memory.data(), kWidth, whole.data(), 51));
  for (const int64_t frames : {1, 7, 16, 33}) {
    std::vector<float> other(kWidth), pieces(51);
    for (int64_t first = 0; first < 51; first += frames) {
      const int64_t count = std::min<int64_t>(320 * frames, 50 * 320 + 100 - 320 * first);
      api::require_ok(am_detector_listen(detector.get(), samples.data() + 320 * first, count, other.data(), kWidth,
                                         pieces.data() + first, 51 - first));
    }
    CHECK(same_bits(pieces, whole));
    CHECK(same_bits(other, memory));
  }
}

TEST(silence_stands_behind_a_short_frame) {
  const auto detector = open_detector(network(kBands, kWidth));
  std::vector<int16_t> samples = sound(320, 8000);
  std::fill(samples.begin() + 100, samples.end(), int16_t{0});
  std::vector<float> memory(kWidth), other(kWidth);
  float shorter = 0, filled = 1;
  api::require_ok(am_detector_listen(detector.get(), samples.data(), 100, memory.data(), kWidth, &shorter, 1));
  api::require_ok(am_detector_listen(detector.get(), samples.data(), 320, other.data(), kWidth, &filled, 1));
  CHECK_EQUAL(shorter, filled);
}

TEST(listening_counts_as_computing) {
  const auto detector = open_detector(network(kBands, kWidth));
  const std::vector<int16_t> samples = sound(1000 * 320, 8000);
  std::vector<float> memory(kWidth), out(1000);
  const int64_t busy_ns = am_busy_ns();
  api::require_ok(am_detector_listen(detector.get(), samples.data(), 1000 * 320, memory.data(), kWidth, out.data(), 1000));
  CHECK(am_busy_ns() > busy_ns);
}

TEST(numbers_that_are_no_network_are_refused) {
  const std::vector<float> good = network(kBands, kWidth);
  const auto status_of = [](const std::vector<float> &numbers, size_t count) {
    am_detector *detector = nullptr;
    const am_status status = am_detector_open(numbers.data(), static_cast<int64_t>(count), &detector);
    CHECK((status == AM_OK) == (detector != nullptr));
    am_detector_close(&detector);
    return status;
  };
  const auto with = [&](size_t place, float number) {
    std::vector<float> numbers = good;
    numbers[place] = number;
    return status_of(numbers, numbers.size());
  };
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  CHECK_EQUAL(status_of(good, good.size()), AM_OK);
  CHECK_EQUAL(status_of(good, good.size() - 1), AM_ERROR_ARGUMENT);
  CHECK_EQUAL(status_of(good, 1), AM_ERROR_ARGUMENT);
  CHECK_EQUAL(status_of(good, 0), AM_ERROR_ARGUMENT);
  for (const float units : {0.0f, 50.0f, 48.5f, 240.0f, -48.0f, kNan}) {
    CHECK_EQUAL(with(1, units), AM_ERROR_ARGUMENT);
  }
  CHECK_EQUAL(with(0, 65), AM_ERROR_ARGUMENT);
  CHECK_EQUAL(with(0, 23), AM_ERROR_ARGUMENT);
  CHECK_EQUAL(with(777, kNan), AM_ERROR_NUMERIC);
  CHECK(std::string(am_last_error()).find("NaN") != std::string::npos);
}

TEST(what_is_listened_with_is_checked) {
  const auto detector = open_detector(network(kBands, kWidth));
  const std::vector<int16_t> samples(641);
  std::vector<float> memory(kWidth, 0.5f), out(3, -1.0f);
  const auto listen = [&](int64_t count, int64_t memory_length, int64_t capacity) {
    return am_detector_listen(detector.get(), samples.data(), count, memory.data(), memory_length, out.data(), capacity);
  };
  CHECK_EQUAL(listen(0, kWidth, 3), AM_ERROR_ARGUMENT);
  CHECK_EQUAL(listen(641, kWidth - 1, 3), AM_ERROR_ARGUMENT);
  CHECK_EQUAL(listen(641, kWidth, 2), AM_ERROR_CAPACITY);
  CHECK_EQUAL(am_detector_listen(nullptr, samples.data(), 1, memory.data(), kWidth, out.data(), 3), AM_ERROR_ARGUMENT);
  CHECK_EQUAL(am_detector_listen(detector.get(), nullptr, 1, memory.data(), kWidth, out.data(), 3), AM_ERROR_ARGUMENT);
  CHECK_EQUAL(am_detector_listen(detector.get(), samples.data(), 1, nullptr, kWidth, out.data(), 3), AM_ERROR_ARGUMENT);
  CHECK_EQUAL(am_detector_listen(detector.get(), samples.data(), 1, memory.data(), kWidth, nullptr, 3), AM_ERROR_ARGUMENT);
  CHECK(out == std::vector<float>(3, -1.0f));
  CHECK(memory == std::vector<float>(kWidth, 0.5f));
  am_detector_close(nullptr);
}
