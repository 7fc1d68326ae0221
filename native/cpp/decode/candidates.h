#pragma once

#include <cstdint>
#include <span>

#include "cpu/kernels.h"

namespace amanuensis {

/** A token that may come next. */
struct Candidate {
  int32_t token;
  double log_probability;
};

/** The logarithm of a token's share of e^logits. */
double log_probability(const Kernels &kernels, std::span<const float> logits, int32_t token);

/**
 * Writes the most probable tokens, best first and, where equal, lowest first; none that is forbidden. Returns how many:
 * as many as `out` has room for, unless fewer are allowed.
 */
int64_t best_candidates(const Kernels &kernels, std::span<const float> logits, std::span<Candidate> out);

/**
 * A token drawn with the probabilities e^(logits / temperature); its log-probability is that of temperature 1, as in the
 * reference. At least one token is allowed. random: moves on.
 */
Candidate drawn_candidate(const Kernels &kernels, std::span<const float> logits, double temperature, uint64_t &random);

}  // namespace amanuensis
