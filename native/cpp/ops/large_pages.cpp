#include "ops/large_pages.h"

#include <sys/mman.h>

#include <atomic>
#include <mutex>
#include <new>
#include <utility>

namespace amanuensis {
namespace {

constexpr int64_t kLine = 64;

std::atomic<int64_t> in_use{0};

/** Pieces share so much address space. Of it, only pages that are written become memory. */
constexpr int64_t kShared = 16 * kLargePage;

int64_t rounded_up(int64_t value, int64_t step) {
  return (value + step - 1) / step * step;
}

/** bytes: whole large pages. wanted_large: of them, from the first on. */
std::shared_ptr<std::byte> region(int64_t bytes, int64_t wanted_large) {
  const auto size = static_cast<size_t>(bytes + kLargePage);  // so that it can begin on a large page's boundary
  void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    throw std::bad_alloc();
  }
  const auto address = reinterpret_cast<uintptr_t>(memory);
  auto *first = static_cast<std::byte *>(memory) + (kLargePage - address % kLargePage) % kLargePage;
#ifdef MADV_HUGEPAGE
  // Refused where the kernel has none: pages are small then, as they would have been.
  madvise(first, static_cast<size_t>(wanted_large), MADV_HUGEPAGE);
#endif
  return {first, [memory, size](std::byte *) { munmap(memory, size); }};
}

/** A region that pieces are cut from. */
class SharedRegion {
 public:
  std::shared_ptr<std::byte> cut(int64_t bytes) {
    const int64_t wanted = rounded_up(bytes, kLine);
    const std::lock_guard lock(mutex_);
    std::shared_ptr<std::byte> whole = whole_.lock();
    if (!whole || used_ + wanted > kShared) {
      whole = region(kShared, kShared);
      whole_ = whole;
      used_ = 0;
    }
    used_ += wanted;
    return {whole, whole.get() + used_ - wanted};
  }

 private:
  std::mutex mutex_;
  std::weak_ptr<std::byte> whole_;
  int64_t used_ = 0;
};

}  // namespace

std::shared_ptr<std::byte> large_pages(int64_t bytes) {
  static auto *const shared = new SharedRegion;  // never destroyed: a process may end while something is still read
  // The rest of a large page stays small pages: no more is resident than asked for.
  std::shared_ptr<std::byte> piece = bytes < kLargePage
                                         ? shared->cut(bytes)
                                         : region(rounded_up(bytes, kLargePage), bytes / kLargePage * kLargePage);
  in_use += bytes;
  std::byte *first = piece.get();
  return {first, [piece = std::move(piece), bytes](std::byte *) { in_use -= bytes; }};
}

int64_t large_page_bytes() {
  return in_use;
}

}  // namespace amanuensis
