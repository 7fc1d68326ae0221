#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace amanuensis {

/** What a large page of the processor holds. */
constexpr int64_t kLargePage = INT64_C(2) << 20;

/**
 * Zeros on a cache line's boundary, in large pages where the system grants them: what a step of the decoder reads from
 * memory once (weights, keys and values) otherwise waits for a page table every 4 KiB. Pieces that are smaller than a
 * page share pages, which stay as long as one of them does. Thread-safe. Throws std::bad_alloc.
 */
std::shared_ptr<std::byte> large_pages(int64_t bytes);

/** Bytes of all pieces in use. No allocator counts them: they come from the system. */
int64_t large_page_bytes();

}  // namespace amanuensis
