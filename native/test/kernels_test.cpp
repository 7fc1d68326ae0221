/*
 * The kernels of every instruction set of this processor against plain double-precision loops, over sizes that are no
 * multiple of anything, at misaligned addresses, on signed numbers.
 */
#include "cpu/kernels.h"

#include <cfloat>

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

const Shape kShapes[] = {{1, 1, 1},     {1, 7, 3},      {2, 64, 64},   {3, 17, 65},  {5, 80, 31},
                         {6, 256, 128}, {7, 33, 129},   {13, 1, 70},   {23, 100, 5}, {24, 64, 150},
                         {11, 2048, 9}, {125, 240, 66}, {1, 300, 1278}};

/** A matrix at an address that is one float off any vector's alignment, with room for one more row stride. */
struct Matrix {
  int64_t rows, columns, stride;
  std::vector<float> memory;

  Matrix(int64_t r, int64_t c, std::mt19937 &random)
      : rows(r),
        columns(c),
        stride(c + 3),
        memory(support::normal_numbers(static_cast<size_t>(r * (c + 3)) + 1, random)) {}

  float *data() { return memory.data() + 1; }
  float &at(int64_t r, int64_t c) { return data()[r * stride + c]; }
};

/** rows x depth times depth x columns, right given by columns (as weights lie in files). */
std::vector<float> naive_product(Matrix &left, Matrix &weights, const std::vector<float> &bias) {
  std::vector<float> out;
  for (int64_t r = 0; r < left.rows; ++r) {
    for (int64_t c = 0; c < weights.rows; ++c) {
      double sum = bias[static_cast<size_t>(c)];
      for (int64_t k = 0; k < left.columns; ++k) {
        sum += static_cast<double>(left.at(r, k)) * weights.at(c, k);
      }
      out.push_back(static_cast<float>(sum));
    }
  }
  return out;
}

Linear packed(const Kernels &kernels, Matrix &weights, const std::vector<float> &bias) {
  const int64_t panel = kernels.float32.panel_columns;
  Linear linear = {PackedMatrix(kernels.float32, weights.columns, weights.rows),
                   Buffer((weights.rows + panel - 1) / panel * panel)};
  for (int64_t c = 0; c < weights.rows; ++c) {
    linear.weights.set_column(c, weights.data() + c * weights.stride);
  }
  std::copy(bias.begin(), bias.end(), linear.bias.data());
  return linear;
}

/** The kernel's product, out of a strided and misaligned result. Fails if it writes beyond its columns. */
std::vector<float> product(Matrix &left, const Linear &linear, Finish finish, Matrix &out) {
  const std::vector<float> before = out.memory;
  apply(linear, {left.data(), left.stride}, left.rows, out.data(), out.stride, finish);
  std::vector<float> values;
  for (int64_t r = 0; r < out.rows; ++r) {
    for (int64_t c = 0; c < out.stride; ++c) {
      if (c < out.columns) {
        values.push_back(out.at(r, c));
      } else {
        CHECK(out.at(r, c) == before[static_cast<size_t>(1 + r * out.stride + c)]);
      }
    }
  }
  return values;
}

double gelu(double x) {
  return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
}

template <typename Body>
void for_each_set(Body body) {
  for (const Kernels *kernels : available_instruction_sets()) {
    std::mt19937 random(kSeed);
    const int before = check::failures;
    body(*kernels, random);
    if (check::failures > before) {
      std::cerr << "  with " << kernels->name << ", seed " << kSeed << std::endl;
    }
  }
}

}  // namespace

TEST(products_are_the_naive_ones) {
  for_each_set([](const Kernels &kernels, std::mt19937 &random) {
    for (const Shape &shape : kShapes) {
      Matrix left(shape.rows, shape.depth, random), weights(shape.columns, shape.depth, random);
      const auto bias = support::normal_numbers(static_cast<size_t>(shape.columns), random);
      const Linear linear = packed(kernels, weights, bias);
      const std::vector<float> expected = naive_product(left, weights, bias);
      Matrix out(shape.rows, shape.columns, random);
      CHECK_AT_MOST(support::relative_l2(product(left, linear, Finish::kStore, out), expected), 2e-6);

      std::vector<float> with_gelu = expected, added = expected;
      Matrix sum(shape.rows, shape.columns, random);
      for (int64_t i = 0; i < shape.rows * shape.columns; ++i) {
        const auto at = static_cast<size_t>(i);
        with_gelu[at] = static_cast<float>(gelu(expected[at]));
        added[at] += sum.at(i / shape.columns, i % shape.columns);
      }
      CHECK_AT_MOST(support::relative_l2(product(left, linear, Finish::kGelu, out), with_gelu), 2e-6);
      CHECK_AT_MOST(support::relative_l2(product(left, linear, Finish::kAdd, sum), added), 2e-6);
    }
  });
}

TEST(a_transposed_product_is_rejected) {
  for_each_set([](const Kernels &kernels, std::mt19937 &random) {
    Matrix left(40, 40, random), weights(40, 40, random), turned(40, 40, random), out(40, 40, random);
    for (int64_t r = 0; r < 40; ++r) {
      for (int64_t c = 0; c < 40; ++c) {
        turned.at(c, r) = weights.at(r, c);
      }
    }
    const std::vector<float> bias(40);
    const auto mutant = product(left, packed(kernels, turned, bias), Finish::kStore, out);
    CHECK(support::relative_l2(mutant, naive_product(left, weights, bias)) > 0.5);
  });
}

TEST(identity_one_hot_and_ramp_come_through_exactly) {
  for_each_set([](const Kernels &kernels, std::mt19937 &random) {
    constexpr int64_t kRows = 9, kWidth = 130;
    const std::vector<float> bias(kWidth);
    Matrix identity(kWidth, kWidth, random), left(kRows, kWidth, random), out(kRows, kWidth, random);
    for (int64_t r = 0; r < kWidth; ++r) {
      for (int64_t c = 0; c < kWidth; ++c) {
        identity.at(r, c) = r == c ? 1.0f : 0.0f;
      }
    }
    CHECK(product(left, packed(kernels, identity, bias), Finish::kStore, out) ==
          naive_product(left, identity, bias));

    Matrix ramp(kWidth, kWidth, random);
    for (int64_t r = 0; r < kWidth; ++r) {
      for (int64_t c = 0; c < kWidth; ++c) {
        ramp.at(r, c) = static_cast<float>(1000 * r - c);
      }
    }
    for (const int64_t hot : {0, 1, 63, 64, 129}) {
      for (int64_t r = 0; r < kRows; ++r) {
        for (int64_t c = 0; c < kWidth; ++c) {
          left.at(r, c) = c == (hot + r) % kWidth ? -1.0f : 0.0f;
        }
      }
      CHECK(product(left, packed(kernels, ramp, bias), Finish::kStore, out) ==
            naive_product(left, ramp, bias));
    }
  });
}

TEST(a_row_is_the_same_bits_whatever_rows_are_beside_it) {
  for_each_set([](const Kernels &kernels, std::mt19937 &random) {
    Matrix left(29, 1030, random), weights(70, 1030, random), together(29, 70, random);
    const auto bias = support::normal_numbers(70, random);
    const Linear linear = packed(kernels, weights, bias);
    const auto all = product(left, linear, Finish::kGelu, together);
    for (int64_t r = 0; r < left.rows; ++r) {
      std::vector<float> alone(70);
      apply(linear, {left.data() + r * left.stride, left.stride}, 1, alone.data(), 70, Finish::kGelu);
      CHECK(std::equal(alone.begin(), alone.end(), all.begin() + r * 70));
    }
  });
}

TEST(gelu_is_exact_over_its_range) {
  for_each_set([](const Kernels &kernels, std::mt19937 &random) {
    Matrix one(1, 1, random);
    one.at(0, 0) = 1.0f;
    const Linear identity = packed(kernels, one, {0.0f});
    double worst_absolute = 0, worst_relative = 0;
    for (double x = -14; x <= 14; x += 1.0 / 512) {
      float in = static_cast<float>(x), out = 0;
      apply(identity, {&in, 1}, 1, &out, 1, Finish::kGelu);
      const double expected = gelu(in);
      worst_absolute = std::max(worst_absolute, std::abs(out - expected));
      if (std::abs(x) < 5 && expected != 0) {
        worst_relative = std::max(worst_relative, std::abs(out / expected - 1));
      }
    }
    CHECK_AT_MOST(worst_absolute, 1e-6);
    CHECK_AT_MOST(worst_relative, 4e-6);
  });
}

TEST(layer_norm_is_the_naive_one) {
  for_each_set([](const Kernels &kernels, std::mt19937 &random) {
    for (const size_t width : {1u, 3u, 16u, 31u, 80u, 257u, 512u, 1283u}) {
      std::vector<float> row = support::normal_numbers(width + 1, random);
      const auto scale = support::normal_numbers(width, random), shift = support::normal_numbers(width, random);
      for (float &x : row) {
        x = 3 * x + 10;  // a mean far from zero shows cancellation
      }
      double mean = 0, variance = 0;
      for (size_t i = 0; i < width; ++i) {
        mean += row[1 + i] / static_cast<double>(width);
      }
      for (size_t i = 0; i < width; ++i) {
        variance += (row[1 + i] - mean) * (row[1 + i] - mean) / static_cast<double>(width);
      }
      std::vector<float> expected(width), out(width + 1);
      for (size_t i = 0; i < width; ++i) {
        expected[i] = static_cast<float>((row[1 + i] - mean) / std::sqrt(variance + 1e-5) * scale[i] + shift[i]);
      }
      kernels.layer_norm(row.data() + 1, scale.data(), shift.data(), static_cast<int64_t>(width), out.data() + 1);
      out.erase(out.begin());
      CHECK_AT_MOST(support::relative_l2(out, expected), 2e-6);
    }
  });
}

TEST(softmax_is_the_naive_one) {
  for_each_set([](const Kernels &kernels, std::mt19937 &random) {
    for (const size_t count : {1u, 2u, 15u, 17u, 64u, 333u, 1500u}) {
      std::vector<float> row = support::normal_numbers(count + 2, random);
      for (float &x : row) {
        x *= 20;
      }
      const float beyond = row.back();
      const double most = *std::max_element(row.begin() + 1, row.end() - 1);
      double sum = 0;
      std::vector<float> expected;
      for (size_t i = 0; i < count; ++i) {
        sum += std::exp((row[1 + i] - most) * 0.125);
      }
      for (size_t i = 0; i < count; ++i) {
        expected.push_back(static_cast<float>(std::exp((row[1 + i] - most) * 0.125) / sum));
      }
      kernels.softmax(row.data() + 1, static_cast<int64_t>(count), 0.125f);
      CHECK(row.back() == beyond);
      CHECK_AT_MOST(support::relative_l2({row.begin() + 1, row.end() - 1}, expected), 1e-6);
    }
  });
}

TEST(distances_below_the_largest_are_rounded_to_bfloat16) {
  for_each_set([](const Kernels &kernels, std::mt19937 &random) {
    for (const size_t count : {1u, 2u, 15u, 17u, 64u, 333u, 1500u}) {
      std::vector<float> row = support::normal_numbers(count, random);
      row[count / 2] = 5;
      row[0] = count > 2 ? 5 - 8 * (1 + 3.0f / 256) : row[0];  // halfway between two numbers of bfloat16
      row[count - 1] = count > 2 ? -std::numeric_limits<float>::infinity() : row[count - 1];
      std::vector<uint16_t> out(count + 1, 12345);
      kernels.below_largest(row.data(), static_cast<int64_t>(count), 0.125f, out.data());
      CHECK_EQUAL(out[count], 12345);
      for (size_t i = 0; i < count; ++i) {
        CHECK_EQUAL(out[i], bfloat16_of_float((row[i] - 5) * 0.125f));
      }
      CHECK(count <= 2 || float_of_bfloat16(out[0]) == -(1 + 4.0f / 256));
      row[count / 2] = std::numeric_limits<float>::quiet_NaN();
      kernels.below_largest(row.data(), static_cast<int64_t>(count), 0.125f, out.data());
      CHECK(std::isnan(float_of_bfloat16(out[count / 2])));
    }
  });
}

TEST(sums_of_exponentials_and_maxima_are_the_naive_ones) {
  for_each_set([](const Kernels &kernels, std::mt19937 &random) {
    for (const size_t count : {1u, 7u, 16u, 50u, 1278u}) {
      std::vector<float> row = support::normal_numbers(count, random);
      row[count / 2] = 9;
      if (count > 7) {
        row[3] = -std::numeric_limits<float>::infinity();  // a forbidden token
      }
      double sum = 0;
      for (const float x : row) {
        sum += std::exp(static_cast<double>(x) - 9);
      }
      const auto size = static_cast<int64_t>(count);
      CHECK_EQUAL(kernels.largest(row.data(), size), 9.0f);
      CHECK_AT_MOST(std::abs(kernels.sum_of_exp(row.data(), size, 9) / sum - 1), 1e-6);
    }
    const std::vector<float> forbidden(20, -std::numeric_limits<float>::infinity());
    CHECK_EQUAL(kernels.largest(forbidden.data(), 20), -FLT_MAX);
    CHECK_EQUAL(kernels.sum_of_exp(forbidden.data(), 20, -FLT_MAX), 0.0f);
  });
}

TEST(columns_are_standardised) {
  for_each_set([](const Kernels &kernels, std::mt19937 &random) {
    for (const Shape &shape : kShapes) {
      const auto rows = static_cast<size_t>(shape.rows), columns = static_cast<size_t>(shape.columns);
      std::vector<float> values = support::normal_numbers(rows * columns, random);
      for (size_t i = 0; i < values.size(); ++i) {
        values[i] = i % columns == columns / 2 ? 0.1f : values[i] + 5;  // one column is constant
      }
      std::vector<float> expected(values.size());
      for (size_t c = 0; c < columns; ++c) {
        double mean = 0, variance = 0;
        for (size_t r = 0; r < rows; ++r) {
          mean += values[r * columns + c] / static_cast<double>(rows);
        }
        for (size_t r = 0; r < rows; ++r) {
          variance += std::pow(values[r * columns + c] - mean, 2) / static_cast<double>(rows);
        }
        for (size_t r = 0; r < rows; ++r) {
          const bool constant = rows == 1 || c == columns / 2;
          expected[r * columns + c] =
              constant ? 0 : static_cast<float>((values[r * columns + c] - mean) / std::sqrt(variance));
        }
      }
      kernels.standardise_columns(values.data(), shape.rows, shape.columns);
      CHECK_AT_MOST(support::largest_difference(values, expected), 1e-5);
    }
  });
}

TEST(medians_of_seven_are_the_sorted_ones) {
  for_each_set([](const Kernels &kernels, std::mt19937 &random) {
    for (const size_t count : {1u, 7u, 16u, 33u, 1500u}) {
      std::vector<float> row = support::normal_numbers(count + 7, random), out(count + 1, -7), expected;
      for (size_t i = 0; i < row.size(); i += 3) {
        row[i] = 0.5f;  // some are equal
      }
      for (size_t i = 0; i < count; ++i) {
        std::vector<float> around(row.begin() + 1 + static_cast<long>(i), row.begin() + 8 + static_cast<long>(i));
        std::sort(around.begin(), around.end());
        expected.push_back(around[3]);
      }
      kernels.medians_of_seven(row.data() + 1, static_cast<int64_t>(count), out.data());
      CHECK_EQUAL(out.back(), -7.0f);
      out.pop_back();
      CHECK(out == expected);
    }
  });
}

TEST(every_number_that_is_not_finite_is_found) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for_each_set([](const Kernels &kernels, std::mt19937 &random) {
    for (const size_t count : {1u, 15u, 16u, 33u, 64u}) {
      std::vector<float> row = support::normal_numbers(count + 1, random);
      row[0] = kInfinity;  // before the first
      const auto size = static_cast<int64_t>(count);
      CHECK(kernels.all_finite(row.data() + 1, size));
      for (size_t at = 1; at <= count; ++at) {
        for (const float sick : {kInfinity, -kInfinity, std::numeric_limits<float>::quiet_NaN()}) {
          std::vector<float> other = row;
          other[at] = sick;
          CHECK(!kernels.all_finite(other.data() + 1, size));
        }
      }
    }
  });
}

TEST(nan_is_not_lost) {
  for_each_set([](const Kernels &kernels, std::mt19937 &random) {
    std::vector<float> row = support::normal_numbers(100, random);
    row[37] = std::numeric_limits<float>::quiet_NaN();
    CHECK(std::isnan(kernels.sum_of_exp(row.data(), 100, 5)));
    kernels.softmax(row.data(), 100, 1);
    CHECK(std::isnan(row[0]));
  });
}
