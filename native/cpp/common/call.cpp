#include "common/call.h"

#include <algorithm>
#include <thread>

#include "common/error.h"

namespace amanuensis {
namespace {

using std::chrono::steady_clock;

int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace

void Call::start(std::chrono::milliseconds timeout) {
  deadline_ns_.store(now_ns() + std::chrono::nanoseconds(timeout).count(), std::memory_order_relaxed);
  cancelled_.store(false, std::memory_order_relaxed);
}

void Call::check() const {
  if (cancelled_.load(std::memory_order_relaxed)) {
    fail(AM_ERROR_CANCELLED, "the call was cancelled by am_call_cancel");
  }
  const int64_t deadline_ns = deadline_ns_.load(std::memory_order_relaxed);
  if (deadline_ns != kNever && now_ns() >= deadline_ns) {
    fail(AM_ERROR_DEADLINE, "the time given to am_call_start has passed");
  }
}

void Call::hold(std::chrono::milliseconds duration) const {
  constexpr std::chrono::nanoseconds kPoll = std::chrono::milliseconds(2);
  const auto end = steady_clock::now() + duration;
  for (auto left = end - steady_clock::now(); left.count() > 0; left = end - steady_clock::now()) {
    check();
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(left, kPoll));
  }
  check();
}

}  // namespace amanuensis
