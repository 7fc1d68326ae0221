#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace amanuensis {

/** The deadline and the cancellation of one call: looked at by the thread that works, cancelled by any other. */
class Call {
 public:
  /** Forgets a cancellation and sets the deadline. */
  void start(std::chrono::milliseconds timeout);

  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }

  /** Throws AM_ERROR_CANCELLED or AM_ERROR_DEADLINE when it is time to stop. */
  void check() const;

  /** Waits until the time has passed, or throws as check() does. */
  void hold(std::chrono::milliseconds duration) const;

 private:
  static constexpr int64_t kNever = INT64_MAX;

  std::atomic<bool> cancelled_{false};
  std::atomic<int64_t> deadline_ns_{kNever};  // of the steady clock
};

}  // namespace amanuensis
