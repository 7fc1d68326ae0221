#include "model/tensor.h"

#include <cstring>

#include "common/number_format.h"

namespace amanuensis {
namespace {

template <typename Stored, typename Convert>
void convert(const std::byte *from, int64_t count, float *out, Convert convert_one) {
  for (int64_t i = 0; i < count; ++i) {
    Stored stored;
    std::memcpy(&stored, from + static_cast<size_t>(i) * sizeof stored, sizeof stored);
    out[i] = convert_one(stored);
  }
}

}  // namespace

int64_t Tensor::elements() const {
  int64_t count = 1;
  for (const int64_t size : shape) {
    count *= size;
  }
  return count;
}

void Tensor::read(int64_t first, int64_t count, float *out) const {
  const size_t element_bytes = type == TensorType::kFloat32 ? 4 : 2;
  const std::byte *from = bytes.data() + static_cast<size_t>(first) * element_bytes;
  switch (type) {
    case TensorType::kFloat32: return convert<float>(from, count, out, [](float x) { return x; });
    case TensorType::kFloat16: return convert<uint16_t>(from, count, out, float_of_float16);
    case TensorType::kBFloat16: return convert<uint16_t>(from, count, out, float_of_bfloat16);
  }
}

std::string text_of_shape(const std::vector<int64_t> &shape) {
  std::string text = "[";
  for (const int64_t size : shape) {
    text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  }
  return text + "]";
}

}  // namespace amanuensis
