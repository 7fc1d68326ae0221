#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <utility>

namespace amanuensis {

/**
 * Tells an output that a run has written from one that it has not, and from the output of an earlier run. Before a run
 * numbers that no product gives, one in 64 of each row, are put into its output; afterwards none may be left. Then a
 * checksum over the same places is compared with those of the runs before: equal ones of unequal inputs are an output
 * given twice. An output that is zero throughout says nothing and is let pass.
 */
class OutputGuard {
 public:
  /** A checksum of what a run reads. numbers: rows of as many bytes; next: of the run's other input. */
  static uint64_t input_key(const void *rows, int64_t count, int64_t row_bytes, uint64_t next);

  void prepare(float *output, int64_t rows, int64_t columns);

  /** Throws AM_ERROR_DEVICE_STALE that says what is wrong with the output. key: of the run's inputs. */
  void check(const float *output, int64_t rows, int64_t columns, uint64_t key);

 private:
  /** Enough for several windows of a large model. */
  static constexpr size_t kRemembered = 16384;

  void remember(uint64_t sum, uint64_t key);

  std::unordered_map<uint64_t, uint64_t> key_of_;  // by checksum of the output
  std::deque<uint64_t> order_;
};

}  // namespace amanuensis
