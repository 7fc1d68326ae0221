#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cpu/kernels.h"

namespace amanuensis {

/** The filters of am_filter_bank_open. Immutable. */
class FilterBank {
 public:
  /** weights: [phases][taps]. */
  FilterBank(std::span<const float> weights, int phases, const Kernels &kernels);

  int phases() const { return phases_; }

  /** How many samples so many outputs are sums of, from the first output's first. */
  int64_t reach(int64_t first_phase, int64_t output_count) const {
    return (first_phase + output_count - 1) / phases_ + taps_;
  }

  /** samples: at least reach(first_phase, out.size()). */
  void run(std::span<const float> samples, int64_t first_phase, std::span<int16_t> out) const;

 private:
  const Kernels &kernels_;
  std::vector<float> weights_;
  int phases_;
  int64_t taps_;
};

}  // namespace amanuensis
