/*
 * Products in bfloat16 and int8 of every instruction set against double-precision loops over the numbers as they were
 * stored, so that only the arithmetic is compared; and how well numbers are stored, from first principles.
 */
#include <cstring>
#include <functional>
#include <limits>

#include "check.h"
#include "common/number_format.h"
#include "cpu/instruction_sets.h"
#include "ops/linear.h"
#include "support.h"

namespace {

using namespace amanuensis;

constexpr unsigned kSeed = 20261121;

struct Shape {
  int64_t rows, depth, columns;
};

const Shape kShapes[] = {{1, 1, 1},   {2, 64, 64},   {3, 17, 65},     {5, 80, 31},   {6, 256, 128},
                         {7, 33, 129}, {23, 100, 5}, {125, 240, 66}, {1, 300, 1278}, {13, 2048, 70}};

template <typename T>
T number_at(const std::byte *at) {
  T number;
  std::memcpy(&number, at, sizeof number);
  return number;
}

/** What a left number stands for. */
double left_value(const Arithmetic &arithmetic, const LeftBuffer &left, int64_t row, int64_t k) {
  const std::byte *at = left.row(row) + k * bytes_of(arithmetic.left);
  switch (arithmetic.left) {
    case Number::kFloat32: return number_at<float>(at);
    case Number::kBfloat16: return float_of_bfloat16(number_at<uint16_t>(at));
    case Number::kInt16:
      return (number_at<int16_t>(at) - static_cast<double>(*left.zeros(row))) * *left.scales(row);
    default: return (number_at<uint8_t>(at) - static_cast<double>(*left.zeros(row))) * *left.scales(row);
  }
}

double gelu(double x) {
  return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
}

/** Runs the body for every instruction set and low precision. */
template <typename Body>
void for_each_arithmetic(Body body) {
  for (const Kernels *kernels : available_instruction_sets()) {
    for (const Precision precision : {Precision::kBfloat16, Precision::kInt8}) {
      std::mt19937 random(kSeed);
      const int before = check::failures;
      body(kernels->arithmetic(precision), random);
      if (check::failures > before) {
        std::cerr << "  with " << kernels->name << ", " << name_of(precision) << ", seed " << kSeed << std::endl;
      }
    }
  }
}

/** A linear map of random signed weights, the rows it is given, and everything about them as double. */
struct Problem {
  Shape shape;
  Linear linear;
  LeftBuffer left;
  std::vector<double> expected;  // [rows][columns], bias included

  Problem(const Arithmetic &arithmetic, const Shape &of, std::mt19937 &random)
      : shape(of),
        linear{PackedMatrix(arithmetic, of.depth, of.columns),
               Buffer((of.columns + arithmetic.panel_columns - 1) / arithmetic.panel_columns * arithmetic.panel_columns)},
        left(arithmetic, of.rows, of.depth) {
    std::vector<std::vector<float>> columns;
    for (int64_t c = 0; c < of.columns; ++c) {
      columns.push_back(support::normal_numbers(static_cast<size_t>(of.depth), random));
      linear.weights.set_column(c, columns.back().data());
      linear.weights.get_column(c, columns.back().data());
      linear.bias.data()[c] = support::normal_numbers(1, random)[0];
    }
    const auto rows = support::normal_numbers(static_cast<size_t>(of.rows * of.depth), random);
    left.set_float(rows.data(), of.depth, of.rows, of.depth);
    for (int64_t r = 0; r < of.rows; ++r) {
      for (int64_t c = 0; c < of.columns; ++c) {
        double sum = linear.bias.data()[c];
        for (int64_t k = 0; k < of.depth; ++k) {
          sum += left_value(arithmetic, left, r, k) * columns[static_cast<size_t>(c)][static_cast<size_t>(k)];
        }
        expected.push_back(sum);
      }
    }
  }
};

/** What the kernel made of rows [first, first + rows), with a wider stride than needed, as float32. */
std::vector<float> results(const Problem &problem, Finish finish, int64_t first, int64_t rows, float held = 0) {
  const Arithmetic &arithmetic = problem.linear.weights.arithmetic();
  const Number number = number_of(arithmetic, finish);
  const int64_t columns = problem.shape.columns, stride = columns + 3;
  constexpr float kGuard = 12345.0f;
  std::vector<float> as_float(static_cast<size_t>(rows * stride));
  std::vector<uint16_t> as_bfloat16(as_float.size());
  for (int64_t i = 0; i < rows * stride; ++i) {
    const float value = i % stride < columns ? held : kGuard;
    as_float[static_cast<size_t>(i)] = value;
    as_bfloat16[static_cast<size_t>(i)] = bfloat16_of_float(value);
  }
  void *out = number == Number::kFloat32 ? static_cast<void *>(as_float.data()) : as_bfloat16.data();
  apply(problem.linear, LeftView(problem.left, first), rows, out, stride, finish);
  std::vector<float> values;
  for (int64_t i = 0; i < rows * stride; ++i) {
    const auto at = static_cast<size_t>(i);
    const float value = number == Number::kFloat32 ? as_float[at] : float_of_bfloat16(as_bfloat16[at]);
    if (i % stride < columns) {
      values.push_back(value);
    } else {
      CHECK(value == float_of_bfloat16(bfloat16_of_float(kGuard)) || value == kGuard);
    }
  }
  return values;
}

/** bfloat16 has eight bits: what is stored in it is off by up to a part in 2^8. */
double allowed(const Arithmetic &arithmetic, Finish finish) {
  return number_of(arithmetic, finish) == Number::kBfloat16 ? 1.0 / 256 : 3e-6;
}

std::vector<float> floats(const std::vector<double> &values, const std::function<double(double)> &of) {
  std::vector<float> mapped;
  for (const double value : values) {
    mapped.push_back(static_cast<float>(of(value)));
  }
  return mapped;
}

}  // namespace

TEST(products_of_stored_numbers_are_the_naive_ones) {
  for_each_arithmetic([](const Arithmetic &arithmetic, std::mt19937 &random) {
    for (const Shape &shape : kShapes) {
      const Problem problem(arithmetic, shape, random);
      const auto plain = floats(problem.expected, [](double x) { return x; });
      const auto added = floats(problem.expected, [](double x) { return x + 0.75; });
      const auto with_gelu = floats(problem.expected, gelu);
      const auto compare = [&](Finish finish, const std::vector<float> &expected, float held, double extra) {
        const auto actual = results(problem, finish, 0, shape.rows, held);
        CHECK_AT_MOST(support::relative_l2(actual, expected), allowed(arithmetic, finish) + extra);
      };
      compare(Finish::kStore, plain, 0, 0);
      compare(Finish::kAdd, added, 0.75f, 0);
      compare(Finish::kInner, plain, 0, 0);
      // The fast GELU is off by 7e-6 of max(1, |x|); a single small result may be all there is to compare with.
      const double of_gelu = shape.rows * shape.columns > 1 ? 5e-5 : 1e-2;
      compare(Finish::kGelu, with_gelu, 0, of_gelu);
      compare(Finish::kInnerGelu, with_gelu, 0, of_gelu);
    }
  });
}

TEST(a_transposed_product_is_rejected) {
  for_each_arithmetic([](const Arithmetic &arithmetic, std::mt19937 &random) {
    const Problem problem(arithmetic, {40, 40, 40}, random);
    const auto actual = results(problem, Finish::kStore, 0, 40);
    std::vector<float> turned(actual.size());
    for (size_t r = 0; r < 40; ++r) {
      for (size_t c = 0; c < 40; ++c) {
        turned[c * 40 + r] = actual[r * 40 + c];
      }
    }
    CHECK(support::relative_l2(turned, floats(problem.expected, [](double x) { return x; })) > 0.5);
  });
}

TEST(a_row_is_the_same_bits_whatever_rows_are_beside_it) {
  for_each_arithmetic([](const Arithmetic &arithmetic, std::mt19937 &random) {
    const Problem problem(arithmetic, {29, 1030, 70}, random);
    for (const Finish finish : {Finish::kStore, Finish::kInnerGelu}) {
      const auto all = results(problem, finish, 0, 29);
      for (int64_t row = 0; row < 29; ++row) {
        const auto alone = results(problem, finish, row, 1);
        CHECK(std::equal(alone.begin(), alone.end(), all.begin() + row * 70));
      }
    }
  });
}

TEST(numbers_are_stored_as_well_as_their_type_allows) {
  for_each_arithmetic([](const Arithmetic &arithmetic, std::mt19937 &random) {
    constexpr int64_t kWidth = 77;
    auto row = support::normal_numbers(kWidth, random);
    row[5] = 0;
    row[9] = 40;  // an outlier
    LeftBuffer left(arithmetic, 1, kWidth);
    left.set_float(row.data(), kWidth, 1, kWidth);
    const float least = *std::min_element(row.begin(), row.end());
    for (int64_t k = 0; k < kWidth; ++k) {
      const double x = row[static_cast<size_t>(k)], error = std::abs(left_value(arithmetic, left, 0, k) - x);
      const bool quantised = arithmetic.right == Number::kInt8;
      const double step = (40.0 - least) / 255;  // ends of the range may lose half a step to the zero that is exact
      CHECK_AT_MOST(error, quantised ? 1.01 * step : arithmetic.left == Number::kBfloat16 ? std::abs(x) / 256 : 0);
    }
    CHECK(left_value(arithmetic, left, 0, 5) == 0);

    const std::vector<float> zeros(kWidth);
    left.set_float(zeros.data(), kWidth, 1, kWidth);
    CHECK(left_value(arithmetic, left, 0, 11) == 0);
  });
}

TEST(a_norm_stores_what_it_makes_of_the_row) {
  for_each_arithmetic([](const Arithmetic &arithmetic, std::mt19937 &random) {
    for (const int64_t width : {4, 20, 31, 257, 512}) {
      const auto size = static_cast<size_t>(width);
      auto row = support::normal_numbers(size, random);
      LayerNorm norm = {Buffer(width), Buffer(width)};
      double mean = 0, variance = 0;
      for (size_t i = 0; i < size; ++i) {
        norm.scale.data()[i] = support::normal_numbers(1, random)[0];
        norm.shift.data()[i] = support::normal_numbers(1, random)[0];
        row[i] = 3 * row[i] + 10;
        mean += row[i] / static_cast<double>(width);
      }
      for (const float x : row) {
        variance += (x - mean) * (x - mean) / static_cast<double>(width);
      }
      std::vector<float> expected, actual;
      for (size_t i = 0; i < size; ++i) {
        expected.push_back(static_cast<float>((row[i] - mean) / std::sqrt(variance + 1e-5) * norm.scale.data()[i] +
                                              norm.shift.data()[i]));
      }
      LeftBuffer left(arithmetic, 1, width);
      left.set_norm(norm, row.data(), 1);
      for (int64_t i = 0; i < width; ++i) {
        actual.push_back(static_cast<float>(left_value(arithmetic, left, 0, i)));
      }
      const auto [low, high] = std::minmax_element(expected.begin(), expected.end());
      const double step = (std::max(*high, 0.0f) - std::min(*low, 0.0f)) / 255.0;
      const double most = arithmetic.right == Number::kInt8 ? 1.01 * step : arithmetic.left == Number::kBfloat16 ? 0.03 : 1e-5;
      CHECK_AT_MOST(support::largest_difference(actual, expected), most);
    }
  });
}

TEST(a_row_that_is_not_a_number_does_not_become_one) {
  for_each_arithmetic([](const Arithmetic &arithmetic, std::mt19937 &random) {
    Problem problem(arithmetic, {3, 70, 20}, random);
    auto rows = support::normal_numbers(3 * 70, random);
    std::fill_n(rows.begin() + 70, 70, std::numeric_limits<float>::quiet_NaN());
    problem.left.set_float(rows.data(), 70, 3, 70);
    const auto actual = results(problem, Finish::kStore, 0, 3);
    for (size_t i = 0; i < actual.size(); ++i) {
      CHECK(std::isfinite(actual[i]) == (i / 20 != 1));
    }
    rows[0] = std::numeric_limits<float>::infinity();
    problem.left.set_float(rows.data(), 70, 1, 70);
    const auto infinite = results(problem, Finish::kStore, 0, 1);
    CHECK(std::none_of(infinite.begin(), infinite.end(), [](float x) { return std::isfinite(x); }));
  });
}
