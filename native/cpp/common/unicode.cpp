#include "common/unicode.h"

#include <algorithm>
#include <iterator>

namespace amanuensis {
namespace {

struct Range {
  char32_t first, last;
};

#include "common/unicode_ranges.inc"

template <size_t kCount>
bool contains(const Range (&ranges)[kCount], char32_t code_point) {
  const Range *after = std::upper_bound(std::begin(ranges), std::end(ranges), code_point,
                                        [](char32_t c, const Range &range) { return c < range.first; });
  return after != std::begin(ranges) && code_point <= std::prev(after)->last;
}

}  // namespace

bool is_letter(char32_t code_point) {
  return contains(kLetters, code_point);
}
bool is_number(char32_t code_point) {
  return contains(kNumbers, code_point);
}
bool is_white_space(char32_t code_point) {
  return contains(kWhiteSpace, code_point);
}

}  // namespace amanuensis
