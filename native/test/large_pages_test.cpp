#include "ops/large_pages.h"

#include <algorithm>
#include <vector>

#include "check.h"

using namespace amanuensis;

namespace {

bool is_zero(const std::shared_ptr<std::byte> &piece, int64_t bytes) {
  return std::all_of(piece.get(), piece.get() + bytes, [](std::byte b) { return b == std::byte{0}; });
}

TEST(pieces_are_zero_on_lines_and_their_own) {
  const std::vector<int64_t> sizes = {1, 63, 64, 65, 100000, kLargePage - 1, kLargePage, kLargePage + 1, 3 * kLargePage, 7};
  std::vector<std::shared_ptr<std::byte>> pieces;
  for (const int64_t size : sizes) {
    pieces.push_back(large_pages(size));
    CHECK_EQUAL(reinterpret_cast<uintptr_t>(pieces.back().get()) % 64, uintptr_t{0});
    CHECK(is_zero(pieces.back(), size));
    std::fill_n(pieces.back().get(), size, static_cast<std::byte>(pieces.size()));
  }
  for (size_t i = 0; i < pieces.size(); ++i) {
    const auto mine = static_cast<std::byte>(i + 1);
    CHECK_EQUAL(std::count(pieces[i].get(), pieces[i].get() + sizes[i], mine), sizes[i]);
  }
}

TEST(a_piece_outlives_those_beside_it) {
  std::shared_ptr<std::byte> first = large_pages(1000);
  const std::shared_ptr<std::byte> second = large_pages(1000);
  std::fill_n(second.get(), 1000, std::byte{2});
  first.reset();
  const std::shared_ptr<std::byte> third = large_pages(1000);
  CHECK(is_zero(third, 1000));
  CHECK_EQUAL(std::count(second.get(), second.get() + 1000, std::byte{2}), 1000);
}

TEST(bytes_in_use_are_those_of_the_pieces) {
  const int64_t before = large_page_bytes();
  std::shared_ptr<std::byte> small = large_pages(1000), large = large_pages(kLargePage + 5);
  CHECK_EQUAL(large_page_bytes() - before, kLargePage + 1005);
  large.reset();
  CHECK_EQUAL(large_page_bytes() - before, 1000);
  small.reset();
  CHECK_EQUAL(large_page_bytes(), before);
}

TEST(more_than_a_region_of_small_pieces) {
  std::vector<std::shared_ptr<std::byte>> pieces;
  for (int i = 0; i < 100; ++i) {
    pieces.push_back(large_pages(kLargePage - 64));
    CHECK(is_zero(pieces.back(), kLargePage - 64));
    std::fill_n(pieces.back().get(), kLargePage - 64, std::byte{1});
  }
}

}  // namespace
