#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

namespace amanuensis {

/** Floats on a cache line's boundary, zero at first. */
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(int64_t size) : data_(allocate(size)), size_(size) {}

  float *data() { return data_.get(); }
  const float *data() const { return data_.get(); }
  int64_t size() const { return size_; }
  int64_t bytes() const { return size_ * static_cast<int64_t>(sizeof(float)); }

 private:
  static constexpr std::align_val_t kAlignment{64};

  struct Free {
    void operator()(float *data) const { ::operator delete[](data, kAlignment); }
  };

  static float *allocate(int64_t size) { return new (kAlignment) float[static_cast<size_t>(size)](); }

  std::unique_ptr<float[], Free> data_;
  int64_t size_ = 0;
};

}  // namespace amanuensis
