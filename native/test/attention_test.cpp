/*
 * Attention of a decoder's step against plain loops, in every kind of cache of every instruction set: head widths that
 * fill no panel, positions put one by one and together, rows together and causally.
 */
#include "ops/attention.h"

#include "check.h"
#include "cpu/instruction_sets.h"
#include "support.h"

namespace {

using namespace amanuensis;

constexpr unsigned kSeed = 20261121;

struct Case {
  int64_t heads, head_width, capacity, positions, rows;
  bool causal;
};

const Case kCases[] = {{1, 64, 1500, 1500, 1, false}, {1, 64, 500, 500, 13, false}, {4, 64, 192, 31, 31, true},
                       {3, 20, 70, 70, 1, false},     {2, 5, 130, 129, 26, true},   {2, 96, 40, 33, 7, false},
                       {1, 64, 448, 448, 3, true},    {2, 80, 257, 255, 2, false},  {1, 1, 1, 1, 1, true}};

/** The error that rounding keys and values to a kind of cache may leave, relative L2. */
double bound_of(Number number) {
  return number == Number::kInt8 ? 2e-2 : number == Number::kBfloat16 ? 6e-3 : 2e-6;
}

struct Problem {
  Case c;
  int64_t width;
  std::vector<float> q, k, v;

  Problem(const Case &of, std::mt19937 &random)
      : c(of),
        width(of.heads * of.head_width),
        q(support::normal_numbers(static_cast<size_t>(of.rows * width), random)),
        k(support::normal_numbers(static_cast<size_t>(of.positions * width), random)),
        v(support::normal_numbers(static_cast<size_t>(of.positions * width), random)) {}

  std::vector<float> naive() const {
    std::vector<float> out(q.size());
    for (int64_t head = 0; head < c.heads; ++head) {
      for (int64_t row = 0; row < c.rows; ++row) {
        const int64_t visible = c.causal ? c.positions - (c.rows - 1 - row) : c.positions;
        std::vector<double> weights;
        double sum = 0;
        for (int64_t at = 0; at < visible; ++at) {
          double score = 0;
          for (int64_t i = 0; i < c.head_width; ++i) {
            score += static_cast<double>(q[static_cast<size_t>(row * width + head * c.head_width + i)]) *
                     k[static_cast<size_t>(at * width + head * c.head_width + i)];
          }
          weights.push_back(std::exp(score / std::sqrt(static_cast<double>(c.head_width))));
          sum += weights.back();
        }
        for (int64_t i = 0; i < c.head_width; ++i) {
          double mixed = 0;
          for (int64_t at = 0; at < visible; ++at) {
            mixed += weights[static_cast<size_t>(at)] * v[static_cast<size_t>(at * width + head * c.head_width + i)];
          }
          out[static_cast<size_t>(row * width + head * c.head_width + i)] = static_cast<float>(mixed / sum);
        }
      }
    }
    return out;
  }

  void put(KeyValues &cache, int64_t first, int64_t count) const {
    for (int64_t head = 0; head < c.heads; ++head) {
      const int64_t at = first * width + head * c.head_width;
      cache.attention().put(k.data() + at, v.data() + at, width, first, count, cache.head(0, head));
    }
  }

  /** Rows from `first` on. */
  std::vector<float> attended(const KeyValues &cache, int64_t first, int64_t rows) const {
    std::vector<float> out(static_cast<size_t>(rows * width), -7);
    const int64_t stride = step_scores_stride(c.positions, c.head_width);
    std::vector<float> scores(static_cast<size_t>(rows * stride));
    for (int64_t head = 0; head < c.heads; ++head) {
      const StepRows call = {.queries = q.data() + first * width + head * c.head_width,
                             .query_stride = width,
                             .rows = rows,
                             .positions = c.causal ? c.positions - (c.rows - first - rows) : c.positions,
                             .scores = scores.data(),
                             .scores_stride = stride,
                             .out = out.data() + head * c.head_width,
                             .out_stride = width};
      (c.causal ? attend_causally : attend)(cache.attention(), call, cache.head(0, head));
    }
    return out;
  }
};

template <typename Body>
void for_each_cache(Body body) {
  for (const Kernels *kernels : available_instruction_sets()) {
    for (const Number number : {Number::kFloat32, Number::kBfloat16, Number::kInt8}) {
      std::mt19937 random(kSeed);
      const int before = check::failures;
      for (const Case &c : kCases) {
        const Problem problem(c, random);
        KeyValues cache(kernels->step_attention(number), {1, c.heads, c.head_width, c.capacity});
        body(problem, cache);
      }
      if (check::failures > before) {
        std::cerr << "  with " << kernels->name << ", numbers of " << bytes_of(number) << " bytes, seed " << kSeed
                  << std::endl;
      }
    }
  }
}

}  // namespace

TEST(attention_is_the_naive_one) {
  for_each_cache([](const Problem &problem, KeyValues &cache) {
    problem.put(cache, 0, problem.c.positions);
    const double error = support::relative_l2(problem.attended(cache, 0, problem.c.rows), problem.naive());
    CHECK_AT_MOST(error, bound_of(cache.attention().number));
  });
}

TEST(a_row_is_the_same_bits_whatever_rows_are_beside_it) {
  for_each_cache([](const Problem &problem, KeyValues &cache) {
    problem.put(cache, 0, problem.c.positions);
    const auto together = problem.attended(cache, 0, problem.c.rows);
    for (int64_t row = 0; row < problem.c.rows; ++row) {
      const auto alone = problem.attended(cache, row, 1);
      CHECK(std::equal(alone.begin(), alone.end(), together.begin() + row * problem.width));
    }
  });
}

TEST(positions_put_one_by_one_over_others_and_copied_are_the_same_bits) {
  for_each_cache([](const Problem &problem, KeyValues &cache) {
    if (cache.attention().number == Number::kInt8) {
      return;  // is put all at once
    }
    problem.put(cache, 0, problem.c.positions);
    const auto expected = problem.attended(cache, 0, problem.c.rows);
    std::mt19937 other(kSeed + 1);
    Problem(problem.c, other).put(cache, 0, problem.c.positions);
    for (int64_t position = 0; position < problem.c.positions; ++position) {
      problem.put(cache, position, 1);
    }
    CHECK(problem.attended(cache, 0, problem.c.rows) == expected);
    KeyValues copied(cache.attention(), cache.shape());
    Problem(problem.c, other).put(copied, 0, problem.c.positions);
    copied.copy(cache, problem.c.positions);
    CHECK(problem.attended(copied, 0, problem.c.rows) == expected);
  });
}

TEST(a_value_that_is_not_finite_shows) {
  for_each_cache([](const Problem &problem, KeyValues &cache) {
    Problem sick = problem;
    sick.k[0] = std::numeric_limits<float>::quiet_NaN();
    sick.put(cache, 0, sick.c.positions);
    CHECK(std::isnan(sick.attended(cache, 0, sick.c.rows)[0]));
    sick.k = problem.k;
    sick.v[0] = std::numeric_limits<float>::infinity();
    sick.put(cache, 0, sick.c.positions);
    CHECK(!std::isfinite(sick.attended(cache, 0, sick.c.rows)[0]));
  });
}
