#include "kernel.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <string>
#include <vector>

namespace npu_emulator {

namespace {

struct Shape {
  int64_t m = 0, k = 0, n = 0;

  explicit operator bool() const { return m > 0 && k > 0 && n > 0; }
};

Shape shape_of(std::string_view image) {
  long long m = 0, k = 0, n = 0;
  const std::string text(image);
  return std::sscanf(text.c_str(), "amanuensis gemm %lld %lld %lld", &m, &k, &n) == 3 ? Shape{m, k, n} : Shape{};
}

bool refuse(const char *reason) {
  std::fprintf(stderr, "npu_emulator: %s\n", reason);
  return false;
}

float from_bfloat16(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

/** Four rows at a time, each in the order of k, so that a row of B is fetched once for them. */
constexpr int64_t kRows = 4;

__attribute__((target_clones("avx512f", "avx2", "default"))) void add_products(const float *left, const float *right,
                                                                               int64_t count, float *sums) {
  for (int64_t j = 0; j < count; ++j) {
    for (int64_t row = 0; row < kRows; ++row) {
      sums[row * count + j] += left[row] * right[j];
    }
  }
}

void multiply(const Shape &shape, const uint16_t *a, const uint16_t *b, float *c) {
  std::vector<float> right(static_cast<size_t>(shape.k * shape.n));
  std::transform(b, b + right.size(), right.begin(), from_bfloat16);
  std::vector<float> sums(static_cast<size_t>(kRows * shape.n));
  for (int64_t first = 0; first < shape.m; first += kRows) {
    const int64_t rows = std::min(kRows, shape.m - first);
    sums.assign(sums.size(), 0.0F);
    for (int64_t k = 0; k < shape.k; ++k) {
      float left[kRows] = {};
      for (int64_t row = 0; row < rows; ++row) {
        left[row] = from_bfloat16(a[(first + row) * shape.k + k]);
      }
      add_products(left, right.data() + k * shape.n, shape.n, sums.data());
    }
    std::copy_n(sums.begin(), rows * shape.n, c + first * shape.n);
  }
}

bool instructions_fit(const Shape &shape, const KernelArguments &arguments, const Memory &memory) {
  const auto *words = reinterpret_cast<const uint32_t *>(memory.at(arguments.instructions, 4 * sizeof(uint32_t)));
  return arguments.instruction_words == 4 && words != nullptr && words[0] == kInstructionMark && words[1] == shape.m &&
         words[2] == shape.k && words[3] == shape.n;
}

}  // namespace

bool run_kernel(std::string_view image, const KernelArguments &arguments, const Memory &memory) {
  const Shape shape = shape_of(image);
  if (!shape) {
    return refuse("the overlay holds no emulated kernel");
  }
  if (arguments.opcode != 3) {
    return refuse("opcode is not 3");
  }
  if (!instructions_fit(shape, arguments, memory)) {
    return refuse("the instruction buffer does not hold this kernel's instructions");
  }
  const auto bytes = [](int64_t rows, int64_t columns, size_t size) {
    return static_cast<uint64_t>(rows * columns) * size;
  };
  const unsigned char *a = memory.at(arguments.a, bytes(shape.m, shape.k, sizeof(uint16_t)));
  const unsigned char *b = memory.at(arguments.b, bytes(shape.k, shape.n, sizeof(uint16_t)));
  unsigned char *c = memory.at(arguments.c, bytes(shape.m, shape.n, sizeof(float)));
  if (a == nullptr || b == nullptr || c == nullptr) {
    return refuse("an argument lies outside all buffers");
  }
  multiply(shape, reinterpret_cast<const uint16_t *>(a), reinterpret_cast<const uint16_t *>(b),
           reinterpret_cast<float *>(c));
  return true;
}

void spoil_result(std::string_view image, const KernelArguments &arguments, const Memory &memory) {
  const Shape shape = shape_of(image);
  unsigned char *c = memory.at(arguments.c, static_cast<uint64_t>(shape.m * shape.n) * sizeof(float));
  if (c != nullptr && shape) {
    float &element = *reinterpret_cast<float *>(c);
    element = 1.5F * element + 1.0F;
  }
}

}  // namespace npu_emulator
