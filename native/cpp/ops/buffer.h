#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

#include "ops/large_pages.h"

namespace amanuensis {

/** Numbers on a cache line's boundary, zero at first. */
template <typename T>
class Array {
 public:
  Array() = default;
  explicit Array(int64_t size)
      : Array(size, size * static_cast<int64_t>(sizeof(T)) < kLargePage ? nullptr : large_pages_of(size)) {}

  /** For what is read again and again, however small. */
  static Array in_large_pages(int64_t size) { return Array(size, large_pages_of(size)); }

  T *data() { return data_.get(); }
  const T *data() const { return data_.get(); }
  int64_t size() const { return size_; }
  int64_t bytes() const { return size_ * static_cast<int64_t>(sizeof(T)); }

 private:
  static constexpr std::align_val_t kAlignment{64};

  struct Free {
    void operator()(T *data) const {
      if (!pages) {
        ::operator delete[](data, kAlignment);
      }
    }
    std::shared_ptr<std::byte> pages;  // that data lies in, or null
  };

  Array(int64_t size, std::shared_ptr<std::byte> pages)
      : data_{pages ? reinterpret_cast<T *>(pages.get()) : new (kAlignment) T[static_cast<size_t>(size)](),
              Free{std::move(pages)}},
        size_(size) {}

  static std::shared_ptr<std::byte> large_pages_of(int64_t size) {
    return large_pages(size * static_cast<int64_t>(sizeof(T)));
  }

  std::unique_ptr<T[], Free> data_;
  int64_t size_ = 0;
};

using Buffer = Array<float>;
using Bytes = Array<std::byte>;

}  // namespace amanuensis
