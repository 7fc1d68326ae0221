#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/alignment_head.h"

namespace amanuensis {

/** Where a word is: positions from `first` to before `end`, and the mean probability of its letters there. */
struct PlacedWord {
  int64_t first, end;
  double probability;
};

/**
 * The most probable way that the words follow one another through the first `positions` (forced alignment by Viterbi's
 * algorithm), with or without sound that is no word's between them. A word of which no character is a class takes any
 * letter's sound. Of words with more letters than there are positions, evenly spaced letters are left out; words that do
 * not fit even so share the positions evenly. Words come in their order and do not overlap.
 * Throws AM_ERROR_NUMERIC if a score is not finite.
 */
std::vector<PlacedWord> place_words(const AlignmentHead &head, const LetterScores &scores, int64_t positions,
                                    std::span<const std::string> words);

}  // namespace amanuensis
