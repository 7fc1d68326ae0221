/* Fused attention of the encoder's heads, of every instruction set, against plain loops in double precision. */
#include <cstring>

#include "check.h"
#include "common/number_format.h"
#include "cpu/instruction_sets.h"
#include "ops/buffer.h"
#include "support.h"

namespace {

using namespace amanuensis;

constexpr unsigned kSeed = 20261121;

struct Case {
  int64_t head_width, positions, rows;
};

const Case kCases[] = {{64, 500, 500}, {64, 64, 7}, {20, 70, 1}, {5, 129, 26}, {96, 33, 12}, {1, 1, 1}, {64, 1500, 13}};

/** One head among two, in rows of [queries, keys, values] of both. */
struct Head {
  Case shape;
  Number number;
  std::vector<float> values;  // as stored
  int64_t stride;

  Head(const Case &of, Number type, std::mt19937 &random)
      : shape(of), number(type), stride(6 * of.head_width) {
    values = support::normal_numbers(static_cast<size_t>(of.positions * stride), random);
    for (size_t i = 0; i < values.size(); ++i) {
      // Means far from zero and a key that draws much attention are what speech has.
      values[i] += static_cast<float>(i % 7) * 0.5f;
      if (number == Number::kBfloat16) {
        values[i] = float_of_bfloat16(bfloat16_of_float(values[i]));
      }
    }
  }

  float at(int64_t position, int64_t part, int64_t i) const {
    return values[static_cast<size_t>(position * stride + (2 * part + 1) * shape.head_width + i)];
  }

  std::vector<float> naive() const {
    std::vector<float> out;
    for (int64_t row = 0; row < shape.rows; ++row) {
      std::vector<double> scores;
      for (int64_t key = 0; key < shape.positions; ++key) {
        double score = 0;
        for (int64_t i = 0; i < shape.head_width; ++i) {
          score += static_cast<double>(at(row % shape.positions, 0, i)) * at(key, 1, i);
        }
        scores.push_back(score / std::sqrt(static_cast<double>(shape.head_width)));
      }
      const double most = *std::max_element(scores.begin(), scores.end());
      double sum = 0;
      for (double &score : scores) {
        score = std::exp(score - most);
        sum += score;
      }
      for (int64_t i = 0; i < shape.head_width; ++i) {
        double mixed = 0;
        for (int64_t key = 0; key < shape.positions; ++key) {
          mixed += scores[static_cast<size_t>(key)] * at(key, 2, i);
        }
        out.push_back(static_cast<float>(mixed / sum));
      }
    }
    return out;
  }

  /** The kernel's result, into rows that are wider than the head. */
  std::vector<float> computed(const EncoderAttention &attention) const {
    const int64_t bytes = bytes_of(number), width = shape.head_width, out_stride = 2 * width + 3;
    Bytes stored((shape.positions * stride + 64) * bytes), out(shape.rows * out_stride * bytes);
    for (size_t i = 0; i < values.size(); ++i) {
      store(values[i], stored.data() + static_cast<int64_t>(i) * bytes);
    }
    for (int64_t i = 0; i < shape.rows * out_stride; ++i) {
      store(kGuard, out.data() + i * bytes);
    }
    const int64_t packed = attention.packed_bytes(shape.positions, width);
    Bytes keys(packed), mixed(packed), scratch(attention.scratch_bytes(shape.positions, width));
    const auto part = [&](int64_t which) { return stored.data() + (2 * which + 1) * width * bytes; };
    attention.pack(part(1), part(2), stride, shape.positions, width, keys.data(), mixed.data());
    attention.attend({.queries = part(0),
                      .query_stride = stride,
                      .rows = shape.rows,
                      .positions = shape.positions,
                      .head_width = width,
                      .keys = keys.data(),
                      .values = mixed.data(),
                      .out = out.data(),
                      .out_stride = out_stride,
                      .scratch = scratch.data()});
    std::vector<float> results;
    for (int64_t i = 0; i < shape.rows * out_stride; ++i) {
      const float value = load(out.data() + i * bytes);
      if (i % out_stride < width) {
        results.push_back(value);
      } else {
        CHECK(value == kGuard);
      }
    }
    return results;
  }

  static constexpr float kGuard = 12352.0f;  // exact in bfloat16

  void store(float value, std::byte *to) const {
    const uint16_t rounded = bfloat16_of_float(value);
    std::memcpy(to, number == Number::kBfloat16 ? static_cast<const void *>(&rounded) : &value,
                static_cast<size_t>(bytes_of(number)));
  }
  float load(const std::byte *from) const {
    float value = 0;
    uint16_t bits = 0;
    std::memcpy(number == Number::kBfloat16 ? static_cast<void *>(&bits) : &value, from,
                static_cast<size_t>(bytes_of(number)));
    return number == Number::kBfloat16 ? float_of_bfloat16(bits) : value;
  }
};

void compare(const EncoderAttention &attention, double most, const char *name) {
  std::mt19937 random(kSeed);
  for (const Case &c : kCases) {
    const Head head(c, attention.number, random);
    const double difference = support::relative_l2(head.computed(attention), head.naive());
    CHECK_AT_MOST(difference, most);
    if (!(difference <= most)) {
      std::cerr << "  with " << name << ", " << c.positions << " positions of " << c.head_width << ", seed " << kSeed
                << std::endl;
    }
  }
}

}  // namespace

TEST(attention_in_float32_is_the_naive_one) {
  for (const Kernels *kernels : available_instruction_sets()) {
    compare(kernels->attention_float32, 2e-6, kernels->name);
  }
}

/** Weights and results are rounded to eight bits: a part in 2^8 each at most. */
TEST(attention_in_bfloat16_is_the_naive_one) {
  for (const Kernels *kernels : available_instruction_sets()) {
    if (kernels->attention_bfloat16.attend) {
      compare(kernels->attention_bfloat16, 2.0 / 256, kernels->name);
    }
  }
}

/**
 * Queries, keys and values are off by a part in 254 of a row's or a column's largest number, about 2.5 standard deviations:
 * 0.6 % each of a deviation, at one of them to a score, and weights by a step of 1/255 of the largest.
 */
TEST(attention_in_int8_is_the_naive_one) {
  for (const Kernels *kernels : available_instruction_sets()) {
    if (kernels->attention_int8.attend) {
      compare(kernels->attention_int8, 0.03, kernels->name);
    }
  }
}
