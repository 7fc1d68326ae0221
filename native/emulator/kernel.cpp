#include "kernel.h"

#include <bit>
#include <charconv>
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

float from_bfloat16(uint16_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }

/** Row by row and in the order of k, so that the compiler can take several columns at once. */
void multiply(const Shape &shape, const uint16_t *a, const uint16_t *b, float *c) {
  std::vector<float> row(static_cast<size_t>(shape.n));
  for (int64_t i = 0; i < shape.m; ++i) {
    row.assign(row.size(), 0.0F);
    for (int64_t k = 0; k < shape.k; ++k) {
      const float left = from_bfloat16(a[i * shape.k + k]);
      const uint16_t *right = b + k * shape.n;
      for (int64_t j = 0; j < shape.n; ++j) {
        row[static_cast<size_t>(j)] += left * from_bfloat16(right[j]);
      }
    }
    std::copy(row.begin(), row.end(), c + i * shape.n);
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
  const auto bytes = [](int64_t rows, int64_t columns, size_t size) { return static_cast<uint64_t>(rows * columns) * size; };
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
    float &element = reinterpret_cast<float *>(c)[shape.m * shape.n / 2];
    element = 1.5F * element + 1.0F;
  }
}

}  // namespace npu_emulator
