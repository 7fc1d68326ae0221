#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

namespace amanuensis {

/** Numbers on a cache line's boundary, zero at first. */
template <typename T>
class Array {
 public:
  Array() = default;
  explicit Array(int64_t size) : data_(allocate(size)), size_(size) {}

  T *data() { return data_.get(); }
  const T *data() const { return data_.get(); }
  int64_t size() const { return size_; }
  int64_t bytes() const { return size_ * static_cast<int64_t>(sizeof(T)); }

 private:
  static constexpr std::align_val_t kAlignment{64};

  struct Free {
    void operator()(T *data) const { ::operator delete[](data, kAlignment); }
  };

  static T *allocate(int64_t size) { return new (kAlignment) T[static_cast<size_t>(size)](); }

  std::unique_ptr<T[], Free> data_;
  int64_t size_ = 0;
};

using Buffer = Array<float>;
using Bytes = Array<std::byte>;

}  // namespace amanuensis
