/* Fused attention against plain loops, for head widths that fill no panel, causal and not, and with its tap. */
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

const Case kCases[] = {{1, 64, 500, 500, 500, false}, {4, 64, 192, 31, 31, true}, {3, 20, 70, 70, 1, false},
                       {2, 5, 130, 129, 26, true},    {2, 96, 40, 33, 7, false},  {1, 1, 1, 1, 1, true}};

std::vector<float> naive_attention(const Case &c, const std::vector<float> &q, const std::vector<float> &k,
                                   const std::vector<float> &v) {
  const int64_t width = c.heads * c.head_width;
  std::vector<float> out(static_cast<size_t>(c.rows * width));
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

}  // namespace

TEST(attention_is_the_naive_one) {
  for (const Kernels *kernels : available_instruction_sets()) {
    std::mt19937 random(kSeed);
    for (const Case &c : kCases) {
      const int64_t width = c.heads * c.head_width;
      const auto q = support::normal_numbers(static_cast<size_t>(c.rows * width), random);
      const auto k = support::normal_numbers(static_cast<size_t>(c.positions * width), random);
      const auto v = support::normal_numbers(static_cast<size_t>(c.positions * width), random);
      KeyValues cache(*kernels, c.heads, c.head_width, c.capacity);
      const int64_t half = c.positions / 2;  // stored in two goes, as a decoder does
      cache.put(0, half, k.data(), v.data(), width);
      cache.put(half, c.positions - half, k.data() + half * width, v.data() + half * width, width);
      int64_t tapped = 0;
      const ScoreTap tap = [&](int64_t, int64_t, int64_t rows, const float *, int64_t stride) {
        tapped += rows;
        CHECK_EQUAL(stride, c.positions);
      };
      std::vector<float> out(q.size()), scratch(static_cast<size_t>(attention_scratch_size(cache)));
      attend(*kernels, cache, {q.data(), width, c.rows, c.positions, c.causal, out.data(), &tap}, scratch.data());
      CHECK_AT_MOST(support::relative_l2(out, naive_attention(c, q, k, v)), 2e-6);
      CHECK_EQUAL(tapped, c.heads * c.rows);
    }
  }
}
