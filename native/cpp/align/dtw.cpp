#include "align/dtw.h"

#include <cstddef>
#include <limits>
#include <utility>

namespace amanuensis {
namespace {

enum : uint8_t { kDiagonal, kDown, kRight };

}  // namespace

std::vector<int64_t> columns_entered(const std::vector<float> &cost, int64_t rows, int64_t columns) {
  constexpr float kFar = std::numeric_limits<float>::infinity();
  // Totals of the row above and of this one, a column before the first included.
  std::vector<float> above(static_cast<size_t>(columns) + 1, kFar), now(above);
  std::vector<uint8_t> steps(static_cast<size_t>(rows * columns));
  above[0] = 0;
  for (int64_t row = 0; row < rows; ++row) {
    now[0] = kFar;
    for (int64_t column = 0; column < columns; ++column) {
      const auto at = static_cast<size_t>(column), place = static_cast<size_t>(row * columns + column);
      const float diagonal = above[at], down = above[at + 1], right = now[at];
      const bool is_diagonal = diagonal < down && diagonal < right;
      const bool is_down = !is_diagonal && down < diagonal && down < right;
      now[at + 1] = cost[place] + (is_diagonal ? diagonal : is_down ? down : right);
      steps[place] = is_diagonal ? kDiagonal : is_down ? kDown : kRight;
    }
    std::swap(above, now);
  }
  std::vector<int64_t> entered(static_cast<size_t>(rows));
  for (int64_t row = rows - 1, column = columns - 1; row >= 0;) {
    entered[static_cast<size_t>(row)] = column;
    const uint8_t step = steps[static_cast<size_t>(row * columns + column)];
    row -= step == kRight ? 0 : 1;
    column -= step == kDown ? 0 : 1;
  }
  return entered;
}

}  // namespace amanuensis
