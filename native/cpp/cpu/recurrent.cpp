#include "cpu/table.h"
#include "cpu/vector.h"

/*
 * A column per lane, so that no sum of a gate crosses lanes: with contraction off (see CMakeLists.txt) every instruction set
 * computes the same bits.
 */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

/** Vectors of columns whose sums stay in registers. The columns of three gates are a multiple of them. */
constexpr int kSums = 9;
static_assert(3 * kUnitGroup % (kSums * kLanes) == 0);

/** Numbers of the output that are added side by side, whatever the instruction set. */
constexpr int kPartialSums = 16;
static_assert(kUnitGroup % kPartialSums == 0);

AMANUENSIS_INLINE Vector logistic_of(Vector x) {
  const Vector e = exp_of_negative(x < 0.0f ? x : -x);
  const Vector above = 1.0f / (1.0f + e);
  return x < 0.0f ? e * above : above;
}

AMANUENSIS_INLINE Vector tanh_of(Vector x) {
  const Vector e = exp_of_negative(x < 0.0f ? 2.0f * x : -2.0f * x);
  const Vector size = (1.0f - e) / (1.0f + e);
  return x < 0.0f ? -size : size;
}

/** out = bias + values x weights, rows added first to last. weights: [rows][columns]. */
void product(const float *values, int rows, const float *weights, const float *bias, int columns, float *out) {
  for (int first = 0; first < columns; first += kSums * kLanes) {
    Vector sums[kSums];
    for (int i = 0; i < kSums; ++i) {
      sums[i] = load(bias + first + i * kLanes);
    }
    for (int row = 0; row < rows; ++row) {
      const float *from = weights + row * columns + first;
      for (int i = 0; i < kSums; ++i) {
        sums[i] += values[row] * load(from + i * kLanes);
      }
    }
    for (int i = 0; i < kSums; ++i) {
      store(out + first + i * kLanes, sums[i]);
    }
  }
}

void remember(int width, const float *from_input, const float *from_memory, float *memory) {
  for (int i = 0; i < width; i += kLanes) {
    const Vector reset = logistic_of(load(from_input + i) + load(from_memory + i));
    const Vector update = logistic_of(load(from_input + width + i) + load(from_memory + width + i));
    const Vector fresh = tanh_of(load(from_input + 2 * width + i) + reset * load(from_memory + 2 * width + i));
    store(memory + i, fresh + update * (load(memory + i) - fresh));
  }
}

float output_of(const GatedUnit &unit, const float *memory) {
  float sums[kPartialSums] = {};
  for (int i = 0; i < unit.width; i += kPartialSums) {
    for (int j = 0; j < kPartialSums; ++j) {
      sums[j] += unit.output_weights[i + j] * memory[i + j];
    }
  }
  for (int half = kPartialSums / 2; half > 0; half /= 2) {
    for (int j = 0; j < half; ++j) {
      sums[j] += sums[j + half];
    }
  }
  return logistic_of(all(sums[0] + unit.output_bias))[0];
}

}  // namespace

void gated_steps(const GatedUnit &unit, const float *inputs, int64_t count, float *memory, float *out) {
  const int columns = 3 * unit.width;
  float from_input[3 * kWidestUnit], from_memory[3 * kWidestUnit];
  for (int64_t step = 0; step < count; ++step) {
    product(inputs + step * unit.inputs, unit.inputs, unit.input_weights, unit.input_bias, columns, from_input);
    product(memory, unit.width, unit.memory_weights, unit.memory_bias, columns, from_memory);
    remember(unit.width, from_input, from_memory, memory);
    out[step] = output_of(unit, memory);
  }
}

}  // namespace amanuensis::AMANUENSIS_ISA
