#pragma once

#include <algorithm>
#include <cstdint>

#include "common/cores.h"

namespace amanuensis {

/** Rows that one thread takes through a layer: with their hidden layer they stay in its second-level cache. */
constexpr int64_t kBlockRows = 126;

inline int64_t quotient_up(int64_t value, int64_t step) {
  return (value + step - 1) / step;
}

/** As few rows as give every member equally many blocks, and at most kBlockRows. */
inline int64_t rows_of_block(int64_t rows, int members) {
  constexpr int64_t kTileRows = 6;  // of the kernels: a block of their multiple leaves no rest
  const int64_t blocks = quotient_up(quotient_up(rows, kBlockRows), members) * members;
  return std::min(kBlockRows, quotient_up(quotient_up(rows, blocks), kTileRows) * kTileRows);
}

/** body(first row, rows, member) for all rows. */
template <typename Body>
void each_row_block(Team &team, int64_t rows, const Body &body) {
  const int64_t block = rows_of_block(rows, team.members());
  team.each(quotient_up(rows, block), [&](int64_t task, int member) {
    const int64_t first = task * block;
    body(first, std::min(block, rows - first), member);
  });
}

}  // namespace amanuensis
