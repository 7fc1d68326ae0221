#pragma once

#include <cstdint>
#include <vector>

namespace amanuensis {

/**
 * The cheapest monotone path through a cost matrix [rows][columns] from its first to its last element. Returns for
 * every row the column at which the path enters it. The costs are finite. Source: dtw of openai/whisper timing.py, ties
 * included.
 */
std::vector<int64_t> columns_entered(const std::vector<float> &cost, int64_t rows, int64_t columns);

}  // namespace amanuensis
