/* Filtered sound against sums in double precision and in the promised order, on every instruction set, and the interface's checks. */
#include "audio/filter_bank.h"

#include <limits>

#include "amanuensis.h"
#include "check.h"
#include "cpu/instruction_sets.h"
#include "support.h"

namespace {

using namespace amanuensis;

constexpr unsigned kSeed = 20261121;

struct Case {
  int phases, taps;
  int64_t first_phase, outputs;
};

const Case kCases[] = {{1, 1, 0, 1},     {1, 7, 0, 129},   {2, 116, 0, 4000}, {2, 116, 1, 3999},
                       {2, 64, 1, 1},    {3, 65, 2, 700},  {5, 130, 4, 3},    {160, 200, 159, 161},
                       {7, 16, 3, 1000}, {2, 17, 0, 2}};

/** Of a normal distribution as loud as speech; a few are so loud that outputs are clipped. */
std::vector<float> sound(size_t count, std::mt19937 &random) {
  std::vector<float> samples = support::normal_numbers(count, random);
  for (size_t i = 0; i < count; ++i) {
    samples[i] *= i % 97 == 0 ? 60000.0f : 3000.0f;
  }
  return samples;
}

struct Filters {
  Case shape;
  std::vector<float> weights, samples;

  Filters(const Case &c, std::mt19937 &random)
      : shape(c), weights(support::normal_numbers(static_cast<size_t>(c.phases * c.taps), random)) {
    for (float &weight : weights) {
      weight /= std::sqrt(static_cast<float>(c.taps));
    }
    const int64_t reach = (c.first_phase + c.outputs - 1) / c.phases + c.taps;
    samples = sound(static_cast<size_t>(reach), random);
  }

  template <typename Sum>
  Sum product(int64_t output, int64_t tap) const {
    const int64_t p = shape.first_phase + output;
    return static_cast<Sum>(weights[static_cast<size_t>(p % shape.phases * shape.taps + tap)]) *
           static_cast<Sum>(samples[static_cast<size_t>(p / shape.phases + tap)]);
  }

  double exact(int64_t output) const {
    double sum = 0;
    for (int64_t tap = 0; tap < shape.taps; ++tap) {
      sum += product<double>(output, tap);
    }
    return sum;
  }

  /** Volatile, so that no compiler makes one operation of two. */
  float ordered(int64_t output) const {
    volatile float sum = 0;
    for (int64_t place = 0; place < (shape.taps + 63) / 64 * 64; ++place) {
      const int64_t tap = place / 64 * 64 + place % 64 / 4 + place % 4 * 16;
      if (tap < shape.taps) {
        volatile float next = product<float>(output, tap);
        sum = sum + next;
      }
    }
    return sum;
  }

  std::vector<int16_t> run(const Kernels &kernels) const {
    std::vector<int16_t> out(static_cast<size_t>(shape.outputs), 12345);
    FilterBank(weights, shape.phases, kernels).run(samples, shape.first_phase, out);
    return out;
  }
};

int16_t rounded(double x) {
  return static_cast<int16_t>(std::floor(std::clamp(x, -32768.0, 32767.0) + 0.5));
}

template <typename Body>
void for_each(Body body) {
  for (const Kernels *kernels : available_instruction_sets()) {
    std::mt19937 random(kSeed);
    for (const Case &shape : kCases) {
      body(*kernels, Filters(shape, random));
    }
  }
}

TEST(outputs_are_the_sums_of_the_definition) {
  for_each([](const Kernels &kernels, const Filters &filters) {
    const std::vector<int16_t> out = filters.run(kernels);
    double worst = 0;
    for (int64_t i = 0; i < filters.shape.outputs; ++i) {
      const double exact = std::clamp(filters.exact(i), -32768.0, 32767.0);
      worst = std::max(worst, std::abs(out[static_cast<size_t>(i)] - exact));
    }
    // Half a step of rounding, and as many float additions as there are taps, of products of some 60000.
    CHECK_AT_MOST(worst, 0.5 + filters.shape.taps * 60000 * 0x1p-24);
  });
}

/** Sums that go through millions and end small: every rounding on the way shows. */
void make_cancelling(Filters &filters) {
  const auto taps = static_cast<size_t>(filters.shape.taps);
  for (size_t row = 0; row < filters.weights.size(); row += taps) {
    for (size_t tap = 0; tap < taps / 2; ++tap) {
      filters.weights[row + taps - 1 - tap] = -filters.weights[row + tap];
    }
  }
  for (float &sample : filters.samples) {
    sample += 4e6f;
  }
}

TEST(every_instruction_set_adds_in_the_promised_order) {
  for_each([](const Kernels &kernels, Filters filters) {
    for (int round = 0; round < 2; ++round) {
      const std::vector<int16_t> out = filters.run(kernels);
      int64_t other = 0;
      for (int64_t i = 0; i < filters.shape.outputs; ++i) {
        other += out[static_cast<size_t>(i)] != rounded(filters.ordered(i));
      }
      CHECK_EQUAL(other, 0);
      make_cancelling(filters);
    }
  });
}

TEST(halves_are_rounded_up_and_what_is_too_loud_is_clipped) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<float> in = {0.5f,      1.5f,      2.5f,     -0.5f,    -1.5f,     -2.5f,     0.49999997f, -0.49999997f,
                                 32766.5f,  32767.0f,  32767.5f, 40000.0f, -32767.5f, -32768.0f, -32768.5f,   -1e30f,
                                 kInfinity, -kInfinity, -0.0f,    std::numeric_limits<float>::quiet_NaN()};
  const std::vector<int16_t> expected = {1,     2,     3,     0,     -1,     -2,     0,      0,      32767, 32767,
                                         32767, 32767, -32767, -32768, -32768, -32768, 32767, -32768, 0,     -32768};
  for (const Kernels *kernels : available_instruction_sets()) {
    std::vector<int16_t> out(in.size());
    FilterBank(std::vector<float>{1}, 1, *kernels).run(in, 0, out);
    CHECK(out == expected);
  }
}

TEST(an_output_does_not_depend_on_its_neighbours) {
  std::mt19937 random(kSeed);
  const Filters filters({2, 116, 1, 300}, random);
  const FilterBank bank(filters.weights, 2, kernels_named("auto"));
  const std::vector<int16_t> together = filters.run(kernels_named("auto"));
  for (int64_t i = 0; i < 300; ++i) {
    int16_t alone = 0;
    bank.run(std::span(filters.samples).subspan(static_cast<size_t>((1 + i) / 2)), (1 + i) % 2, {&alone, 1});
    CHECK_EQUAL(alone, together[static_cast<size_t>(i)]);
  }
}

TEST(the_interface_names_what_is_wrong) {
  const std::vector<float> weights(6, 0.5f), samples(4, 100);
  std::vector<int16_t> out(4);
  am_filter_bank *bank = nullptr;
  CHECK_STATUS(am_filter_bank_open(nullptr, 2, 3, &bank), AM_ERROR_ARGUMENT, "weights");
  CHECK_STATUS(am_filter_bank_open(weights.data(), 0, 3, &bank), AM_ERROR_ARGUMENT, "phase_count is 0");
  CHECK_STATUS(am_filter_bank_open(weights.data(), 2, 5000, &bank), AM_ERROR_ARGUMENT, "tap_count is 5000");
  CHECK_OK(am_filter_bank_open(weights.data(), 2, 3, &bank));
  CHECK_STATUS(am_filter_bank_run(bank, samples.data(), 4, 2, out.data(), 4), AM_ERROR_ARGUMENT, "first_phase is 2");
  CHECK_STATUS(am_filter_bank_run(bank, samples.data(), 4, 1, out.data(), 4), AM_ERROR_ARGUMENT, "sample_count is 4; legal: 5");
  CHECK_STATUS(am_filter_bank_run(bank, samples.data(), 4, 0, out.data(), 0), AM_ERROR_ARGUMENT, "output_count is 0");
  CHECK_STATUS(am_filter_bank_run(bank, nullptr, 4, 0, out.data(), 4), AM_ERROR_ARGUMENT, "samples");
  const int64_t before = am_busy_ns();
  CHECK_OK(am_filter_bank_run(bank, samples.data(), 4, 0, out.data(), 4));
  CHECK(am_busy_ns() > before);
  CHECK(out == std::vector<int16_t>(4, 150));
  am_filter_bank_close(&bank);
  CHECK(bank == nullptr);
  am_filter_bank_close(&bank);
}

}  // namespace
