/*
 * Products in XDNA2's block floating point: against numbers rounded one by one from the format's definition, against
 * what was published of the hardware, and as properties of any shape.
 */
#include "device/block_float_product.h"

#include <cmath>
#include <numeric>
#include <random>

#include "check.h"
#include "common/number_format.h"
#include "cpu/instruction_sets.h"
#include "support.h"

namespace {

using namespace amanuensis;

constexpr unsigned kSeed = 20261121;

struct Shape {
  int64_t m, k, n;
};

const Shape kShapes[] = {{1, 1, 1},   {1, 8, 1},    {3, 7, 5},     {2, 9, 65},   {7, 33, 64},
                         {5, 129, 3}, {31, 64, 70}, {64, 512, 17}, {33, 200, 1}, {4, 1000, 130}};

using Floats = std::vector<float>;

/** One block by the definition: the largest exponent, and mantissas of 8 bits. numbers: 8, the missing ones 0. */
void round_block(double (&numbers)[kBlockFloat], bool floor) {
  int exponent = -127;
  for (const double x : numbers) {
    int own = 0;
    std::frexp(x, &own);
    exponent = x != 0 ? std::max(exponent, own - 1) : exponent;
  }
  for (double &x : numbers) {
    const double steps = std::ldexp(x, 6 - exponent);
    const double m = floor ? std::floor(steps) : std::nearbyint(steps);
    x = std::ldexp(std::min(std::max(m, -128.0), 127.0), exponent - 6);
  }
}

/** Rounds blocks along `depth` consecutive numbers that lie `stride` apart. */
void round_along(std::vector<double> &numbers, int64_t first, int64_t stride, int64_t depth, bool floor) {
  for (int64_t k = 0; k < depth; k += kBlockFloat) {
    double block[kBlockFloat] = {};
    for (int64_t i = 0; i < kBlockFloat && k + i < depth; ++i) {
      block[i] = numbers[static_cast<size_t>(first + (k + i) * stride)];
    }
    round_block(block, floor);
    for (int64_t i = 0; i < kBlockFloat && k + i < depth; ++i) {
      numbers[static_cast<size_t>(first + (k + i) * stride)] = block[i];
    }
  }
}

/** Float sums of exact block sums, first to last. */
Floats reference(const Shape &shape, const Floats &a, const Floats &b, bool floor) {
  std::vector<double> left(a.begin(), a.end()), right(b.begin(), b.end());
  for (int64_t row = 0; row < shape.m; ++row) {
    round_along(left, row * shape.k, 1, shape.k, floor);
  }
  for (int64_t column = 0; column < shape.n; ++column) {
    round_along(right, column, shape.n, shape.k, floor);
  }
  Floats out;
  for (int64_t row = 0; row < shape.m; ++row) {
    for (int64_t column = 0; column < shape.n; ++column) {
      float sum = 0;
      for (int64_t k = 0; k < shape.k; k += kBlockFloat) {
        double block = 0;
        for (int64_t i = k; i < std::min(k + kBlockFloat, shape.k); ++i) {
          block += left[static_cast<size_t>(row * shape.k + i)] * right[static_cast<size_t>(i * shape.n + column)];
        }
        sum += static_cast<float>(block);
      }
      out.push_back(sum);
    }
  }
  return out;
}

std::vector<double> exact(const Shape &shape, const Floats &a, const Floats &b) {
  std::vector<double> out(static_cast<size_t>(shape.m * shape.n));
  for (int64_t row = 0; row < shape.m; ++row) {
    for (int64_t k = 0; k < shape.k; ++k) {
      const double left = static_cast<double>(a[static_cast<size_t>(row * shape.k + k)]);
      for (int64_t column = 0; column < shape.n; ++column) {
        out[static_cast<size_t>(row * shape.n + column)] +=
            left * static_cast<double>(b[static_cast<size_t>(k * shape.n + column)]);
      }
    }
  }
  return out;
}

Floats product(const Kernels &kernels, const Shape &shape, const Floats &a, const Floats &b, bool floor) {
  Floats out(static_cast<size_t>(shape.m * shape.n), -1.0f);
  Team team(nullptr);
  BlockFloatProduct(kernels, floor)
      .run(team, {a.data(), Number::kFloat32, shape.m, shape.k}, {b.data(), Number::kFloat32, shape.k, shape.n},
           out.data());
  return out;
}

Floats random(int64_t count, std::mt19937 &random) {
  return support::normal_numbers(static_cast<size_t>(count), random);
}

Floats transposed(const Floats &matrix, int64_t rows, int64_t columns) {
  Floats out(matrix.size());
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; ++column) {
      out[static_cast<size_t>(column * rows + row)] = matrix[static_cast<size_t>(row * columns + column)];
    }
  }
  return out;
}

double relative_l2(const Floats &actual, const std::vector<double> &expected) {
  double difference = 0, size = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    difference += std::pow(static_cast<double>(actual[i]) - expected[i], 2);
    size += expected[i] * expected[i];
  }
  return std::sqrt(difference / size);
}

TEST(everyInstructionSetGivesTheDefinitionsBits) {
  std::mt19937 numbers(kSeed);
  for (const Kernels *kernels : available_instruction_sets()) {
    for (const Shape &shape : kShapes) {
      const Floats a = random(shape.m * shape.k, numbers), b = random(shape.k * shape.n, numbers);
      for (const bool floor : {false, true}) {
        const Floats actual = product(*kernels, shape, a, b, floor), expected = reference(shape, a, b, floor);
        for (size_t i = 0; i < expected.size(); ++i) {
          if (actual[i] != expected[i]) {
            check::failed(__FILE__, __LINE__, kernels->name, " ", shape.m, "x", shape.k, "x", shape.n, " floor ", floor,
                          " at ", i, ": ", actual[i], " expected ", expected[i], ", seed ", kSeed);
            break;
          }
        }
      }
    }
  }
}

/** A bound from the format alone: half a step of 2^-6 a number of at most 2 x its block's largest, on both sides. */
TEST(productsComeNearTheExactOnesAndTransposedOnesDoNot) {
  std::mt19937 numbers(kSeed + 1);
  const Kernels &kernels = kernels_named("auto");
  for (const Shape &shape : kShapes) {
    if (shape.m * shape.k < 60) {
      continue;  // of so few numbers a transposed matrix may be much like itself
    }
    const Floats a = random(shape.m * shape.k, numbers), b = random(shape.k * shape.n, numbers);
    const std::vector<double> expected = exact(shape, a, b);
    CHECK_AT_MOST(relative_l2(product(kernels, shape, a, b, false), expected), 1.0 / 64);
    const Floats mutant = product(kernels, shape, a, transposed(b, shape.n, shape.k), false);
    CHECK(shape.n == 1 || relative_l2(mutant, expected) > 0.5);
  }
}

TEST(probesLandWhereTheyShould) {
  const Shape shape = {24, 40, 70};
  Floats a(static_cast<size_t>(shape.m * shape.k)), b(static_cast<size_t>(shape.k * shape.n));
  a[static_cast<size_t>(5 * shape.k + 17)] = -2.0f;
  b[static_cast<size_t>(17 * shape.n + 66)] = 0.75f;
  const Floats out = product(kernels_named("auto"), shape, a, b, false);
  for (int64_t i = 0; i < shape.m * shape.n; ++i) {
    CHECK_EQUAL(out[static_cast<size_t>(i)], i == 5 * shape.n + 66 ? -1.5f : 0.0f);
  }
}

/** Mean of independent draws, and how far that mean may be from the law's by chance alone. */
struct Estimate {
  double mean, standard_error;
};

Estimate estimate(const std::vector<double> &draws) {
  const auto count = static_cast<double>(draws.size());
  const double mean = std::accumulate(draws.begin(), draws.end(), 0.0) / count;
  double squares = 0;
  for (const double draw : draws) {
    squares += (draw - mean) * (draw - mean);
  }
  return {mean, std::sqrt(squares / (count - 1) / count)};
}

/** Error and bias of a product of bfloat16 numbers, normal times uniform from 0 to 1: shares of the sum of |a| x b. */
std::pair<double, double> errors_of_mass(bool floor, std::mt19937 &numbers) {
  const Shape shape = {512, 1536, 16};
  std::uniform_real_distribution<float> uniform(0, 1);
  const auto bfloat16 = [](float x) { return float_of_bfloat16(bfloat16_of_float(x)); };
  Floats a = random(shape.m * shape.k, numbers), b(static_cast<size_t>(shape.k * shape.n));
  std::transform(a.begin(), a.end(), a.begin(), bfloat16);
  std::generate(b.begin(), b.end(), [&] { return bfloat16(uniform(numbers)); });
  Floats sizes = a;
  std::transform(a.begin(), a.end(), sizes.begin(), [](float x) { return std::abs(x); });
  const std::vector<double> expected = exact(shape, a, b), mass = exact(shape, sizes, b);
  const Floats actual = product(kernels_named("auto"), shape, a, b, floor);
  double error = 0, bias = 0;
  for (size_t i = 0; i < actual.size(); ++i) {
    const double difference = (static_cast<double>(actual[i]) - expected[i]) / mass[i];
    error += std::abs(difference);
    bias += difference;
  }
  const auto count = static_cast<double>(actual.size());
  return {error / count, bias / count};
}

/**
 * Published for K = 1536, to two digits: a mean error of 2.3e-4 of the mass with rounding to nearest even, and 9.8e-3,
 * all of it downwards, with floor. A figure of two digits is off by half a unit of the second at most; the mean of the
 * draws here by their standard error, which is computed from them, since the results of a row share what became of it
 * and are not independent. Together: half a unit and four standard errors, of which chance takes more once in 15,000.
 * The hardware's own figures, 2.39e-4 and 9.87e-3, are of inputs of which no law was published; they are not a bound.
 */
TEST(errorsAreThosePublished) {
  constexpr int kDraws = 32;
  constexpr double kStandardErrors = 4;
  std::mt19937 numbers(kSeed + 2);
  const auto check_near = [](const char *what, const std::vector<double> &draws, double published, double half_unit) {
    const auto [mean, error] = estimate(draws);
    std::cout << "      " << what << ": " << mean << ", standard error " << error << ", published " << published
              << std::endl;
    CHECK_AT_MOST(std::abs(mean - published), half_unit + kStandardErrors * error);
    CHECK_AT_MOST(kStandardErrors * error, std::abs(published) / 20);  // or the draws were too few to say anything
  };
  for (const bool floor : {false, true}) {
    std::vector<double> errors, biases;
    for (int draw = 0; draw < kDraws; ++draw) {
      const auto [error, bias] = errors_of_mass(floor, numbers);
      errors.push_back(error);
      biases.push_back(bias);
    }
    if (floor) {
      check_near("mean error of the mass, floor", errors, 9.8e-3, 0.05e-3);
      check_near("bias, floor", biases, -9.8e-3, 0.05e-3);
    } else {
      check_near("mean error of the mass, nearest even", errors, 2.3e-4, 0.05e-4);
    }
  }
}

TEST(whatIsNotFiniteStaysVisible) {
  const Shape shape = {2, 16, 64};
  std::mt19937 numbers(kSeed + 3);
  Floats a = random(shape.m * shape.k, numbers);
  const Floats b = random(shape.k * shape.n, numbers);
  a[20] = std::numeric_limits<float>::infinity();
  const Floats out = product(kernels_named("auto"), shape, a, b, false);
  CHECK(std::isfinite(out[0]) && !std::isfinite(out[static_cast<size_t>(shape.n)]));
}

TEST(bfloat16IsRoundedAsEverywhereElse) {
  std::mt19937 numbers(kSeed + 4);
  Floats in = random(1000, numbers);
  in.insert(in.end(), {0.0f, -0.0f, 1.00390625f, 1.01171875f, std::numeric_limits<float>::infinity(), std::nanf("")});
  std::vector<uint16_t> out(in.size());
  for (const Kernels *kernels : available_instruction_sets()) {
    kernels->block_float.bfloat16_of(in.data(), static_cast<int64_t>(in.size()), out.data());
    for (size_t i = 0; i < in.size(); ++i) {
      CHECK_EQUAL(out[i], bfloat16_of_float(in[i]));
    }
  }
}

}  // namespace
